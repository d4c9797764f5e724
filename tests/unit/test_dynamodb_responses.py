"""DynamoDB's responses are what botocore makes of them, without botocore's way through each property."""

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.parsers import JSONParser
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dynamodb import dynamodb_client
from api.dynamodb.operations import ALWAYS_RETURNED
from api.dynamodb.responses import DamagedResponse, ParserFactory, check_integrity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADERS = {"x-amzn-RequestId": "AWS-REQUEST-1", "Content-Type": "application/x-amz-json-1.0", "Server": "Server"}
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(exclude_categories=["Cs"])),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}
MOST_LEVELS = 6
"""Of a response: enough for an item with lists in maps in lists."""


@pytest.fixture(scope="module")
def parser() -> Any:
    return ParserFactory().create_parser("json")


def botocores() -> Any:
    return JSONParser()


def values(shape: Shape | None, levels: int = MOST_LEVELS) -> st.SearchStrategy[Any]:
    """Return what DynamoDB may send for a shape of botocore's model; the store has no binary attributes."""
    if isinstance(shape, ListShape):
        return st.lists(_later(shape.member, levels - 1), max_size=2 if levels > 0 else 0)
    if isinstance(shape, MapShape):
        each = _later(shape.value, levels - 1)
        return st.dictionaries(LEAVES["string"], each, max_size=2 if levels > 0 else 0)
    if isinstance(shape, StructureShape):
        of_each = {name: _later(of, levels - 1) for name, of in shape.members.items() if name not in {"B", "BS"}}
        if shape.name == "AttributeValue":
            return st.one_of(*(st.fixed_dictionaries({name: value}) for name, value in of_each.items()))
        always = ALWAYS_RETURNED.get(shape.name.removesuffix("Output"), frozenset())
        return st.fixed_dictionaries(
            {name: value for name, value in of_each.items() if name in always},
            optional={name: value for name, value in of_each.items() if name not in always},
        )
    assert shape
    return LEAVES[shape.type_name]


def _later(shape: Shape, levels: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: values(shape, levels))


def response(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "status_code": status,
        "body": body,
        "headers": HeadersDict({**HEADERS, **(headers or {})}),
        "context": {"operation_name": "GetItem"},
    }


@pytest.fixture(scope="module")
def model(aws_session: Session) -> ServiceModel:
    return aws_session.get_service_model("dynamodb")


@pytest.mark.parametrize("operation", ALWAYS_RETURNED)
@settings(max_examples=20)
@given(data=st.data())
def test_a_successful_response_is_what_botocore_makes_of_it(
    model: ServiceModel, parser: Any, operation: str, data: st.DataObject
) -> None:
    shape = model.operation_model(operation).output_shape
    content = data.draw(values(shape))
    for ascii_only in (True, False):
        received = response(json.dumps(content, ensure_ascii=ascii_only).encode())
        assert parser.parse(received, shape) == botocores().parse(received, shape)


def test_it_has_every_property_that_dynamodb_sends(model: ServiceModel, parser: Any) -> None:
    item = {"amount": {"N": "0.10"}, "periods": {"M": {"2025-05": {"M": {"amount": {"N": "400"}}}}}}
    page = {"Items": [item], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"user_id": {"S": "a"}}}
    parsed = parser.parse(response(json.dumps(page).encode()), model.operation_model("Query").output_shape)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "AWS-REQUEST-1"
    assert parsed == page


@settings(max_examples=20)
@given(
    body=st.one_of(
        st.binary(max_size=20).filter(lambda body: not _is_json(body)),
        st.fixed_dictionaries(
            {},
            optional={
                "__type": st.sampled_from(["com.amazonaws.dynamodb.v20120810#ThrottlingException", "Busy:http://x"]),
                "message": LEAVES["string"],
                "Item": st.just({"amount": {"N": "1"}}),
                "CancellationReasons": st.just([{"Code": "None"}, {"Code": "TransactionConflict", "Message": "busy"}]),
            },
        ).map(lambda content: json.dumps(content).encode()),
    ),
    status=st.sampled_from([300, 400, 403, 413, 500, 503]),
    operation=st.sampled_from(sorted(ALWAYS_RETURNED)),
)
def test_an_error_is_what_botocore_makes_of_it(
    model: ServiceModel, parser: Any, body: bytes, status: int, operation: str
) -> None:
    received = response(body, status)
    of_operation = model.operation_model(operation)
    for shape in (of_operation.output_shape, *of_operation.error_shapes):
        assert _outcome(parser, received, shape) == _outcome(botocores(), received, shape)


def _outcome(parser: Any, received: dict[str, Any], shape: Shape | None) -> Any:
    try:
        return parser.parse(received, shape)
    except (AttributeError, UnicodeDecodeError) as error:  # botocore decodes what is not JSON, too
        return type(error)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def test_a_response_of_an_operation_that_is_not_the_stores_has_botocores_types(
    model: ServiceModel, parser: Any
) -> None:
    received = response(b'{"Table": {"TableName": "expenses", "CreationDateTime": 1749924125.5}}')
    shape = model.operation_model("DescribeTable").output_shape
    assert "DescribeTable" not in ALWAYS_RETURNED
    assert parser.parse(received, shape) == botocores().parse(received, shape)


def test_other_protocols_have_botocores_parsers() -> None:
    assert type(ParserFactory().create_parser("query")).__module__ == "botocore.parsers"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"Items"', b"{}", b'{"Items": null}', b'{"Items": ["\\ud800"]}', b"\xff"]
)
def test_what_is_not_a_response_of_dynamodb_is_an_error_though_its_checksum_is_right(
    model: ServiceModel, parser: Any, body: bytes
) -> None:
    received = response(body, headers={"x-amz-crc32": str(zlib.crc32(body))})
    check_integrity(received)
    with pytest.raises(DamagedResponse):
        parser.parse(received, model.operation_model("Query").output_shape)


@pytest.fixture
def answered(aws_session: Session, monkeypatch: pytest.MonkeyPatch) -> "DynamoDBClient":
    """The Lambda's client, to which something responds that DynamoDB's model does not have."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    client = dynamodb_client(aws_session)

    events: Any = client.meta.events
    events.register("before-send.dynamodb", lambda **_: _Response("", 200, cast("Any", HeadersDict()), None))
    return client


class _Response(AWSResponse):
    content = b'{"Item": {"amount": {"N": "1"}}, "NotInTheModel": 1}'


def test_botocore_still_takes_the_parser_that_its_session_is_given(answered: "DynamoDBClient") -> None:
    got: Any = answered.get_item(TableName="expenses", Key={"user_id": {"S": "a"}})
    assert got["NotInTheModel"] == 1, "botocore has parsed this itself: it knows no response_parser_factory any more"


def test_dynamodb_validates_parameters_and_not_botocore_too(answered: "DynamoDBClient") -> None:
    call: Any = answered.get_item
    assert call(TableName="expenses")["Item"]
    with pytest.raises(KeyError, match="Kee"):  # and what there is no parameter for is never left out
        call(TableName="expenses", Kee={"user_id": {"S": "a"}})
