"""Only the origins that are allowed may read responses in a browser."""

from api.gateway.cors import cors_headers, exposed_headers
from api.openapi.contract import Contract
from tests.contract.document import CONTRACT

HEADERS = ("Location", "ETag")


def test_an_allowed_origin_is_echoed_so_that_caches_keep_it_apart() -> None:
    headers = cors_headers(frozenset({"https://a.example", "https://b.example"}), HEADERS)("https://b.example")
    assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == ("https://b.example", "Origin")


def test_another_origin_gets_no_permission() -> None:
    assert cors_headers(frozenset({"https://a.example"}), HEADERS)("https://evil.example") == {"Vary": "Origin"}


def test_a_request_without_origin_gets_no_permission() -> None:
    assert "Access-Control-Allow-Origin" not in cors_headers(frozenset({"https://a.example"}), HEADERS)("")


def test_any_origin_may_read_where_any_is_allowed() -> None:
    assert cors_headers(frozenset({"*"}), HEADERS)("https://any.example") == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag,Location",
    }


def test_pages_may_read_every_header_that_the_contract_documents(contract: Contract) -> None:
    exposed = exposed_headers(CONTRACT).split(",")
    assert {"ETag", "Idempotency-Replayed", "Link", "Location", "Retry-After"} <= set(exposed)
    assert exposed == sorted(contract.response_headers)
