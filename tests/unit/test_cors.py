"""Only the origins that are allowed may read answers from a browser."""

from api.gateway.cors import cors_headers


def test_an_allowed_origin_is_echoed_so_that_caches_keep_it_apart() -> None:
    headers = cors_headers(frozenset({"https://a.example", "https://b.example"}))("https://b.example")
    assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == ("https://b.example", "Origin")


def test_another_origin_is_told_nothing() -> None:
    assert cors_headers(frozenset({"https://a.example"}))("https://evil.example") == {"Vary": "Origin"}


def test_a_request_of_no_origin_is_told_nothing() -> None:
    assert "Access-Control-Allow-Origin" not in cors_headers(frozenset({"https://a.example"}))("")


def test_any_origin_may_read_where_any_is_allowed() -> None:
    headers = cors_headers(frozenset({"*"}))("https://any.example")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in headers["Access-Control-Expose-Headers"]
