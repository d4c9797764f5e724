"""DynamoDB's responses as the store gets them: whole, and taken as they are.

botocore takes a response apart property by property, by its model, and puts the same together again: three quarters of
the time of a long list. An item without binary attributes, which the store has none of, is JSON that needs no such
thing. Errors, and the operations that are not the store's, are left to botocore.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory
from botocore.utils import lowercase_dict

from api.dynamodb.operations import ALWAYS_RETURNED


class DamagedResponse(Exception):
    """A response of DynamoDB that is cut short or garbled, though its status says that all is well."""


def check_integrity(response_dict: Mapping[str, Any], **_: object) -> None:
    """Raise `DamagedResponse` unless a response is all there; botocore takes what is not JSON for an empty object."""
    body, headers = response_dict["body"], response_dict["headers"]
    if response_dict["status_code"] >= 500:
        return
    if checksum := headers.get("x-amz-crc32"):
        if zlib.crc32(body) != int(checksum):
            raise DamagedResponse("The checksum of the response is not that of its body.")
        return
    if int(headers.get("Content-Length", len(body))) != len(body):
        raise DamagedResponse("The response has been cut short.")
    if response_dict["status_code"] != 200:
        _parsed(body)


class ParserFactory(ResponseParserFactory):
    """Makes botocore's parsers, but for DynamoDB's protocol: a botocore session's `response_parser_factory`."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        """Return the parser of a protocol."""
        return _PARSER if protocol_name == "json" else super().create_parser(protocol_name)


class _Parser(JSONParser):
    def parse(self, response: Mapping[str, Any], shape: Any) -> Any:
        """Return the body of a successful response to one of the store's calls, with `ResponseMetadata`.

        Raises `DamagedResponse`.
        """
        always_returned = _ALWAYS_RETURNED.get(shape.name) if shape and response["status_code"] == 200 else None
        if always_returned is None:
            return super().parse(response, shape)
        content = _parsed(response["body"])
        if not always_returned <= content.keys():
            raise DamagedResponse(_NOT_DYNAMODB)
        headers = lowercase_dict(response["headers"])
        content["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": headers}
        if request_id := headers.get("x-amzn-requestid"):
            content["ResponseMetadata"]["RequestId"] = request_id
        return content


def _parsed(body: bytes) -> dict[str, Any]:
    """Return a JSON object that has something for each name. Raises `DamagedResponse` for anything else."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict) or None in content.values():
        raise DamagedResponse(_NOT_DYNAMODB)
    return content


_PARSER = _Parser()
_ALWAYS_RETURNED = {f"{operation}Output": names for operation, names in ALWAYS_RETURNED.items()}
"""By the name of the shape that botocore's model has for the response."""
_NOT_DYNAMODB = "The response is not what DynamoDB responds."
