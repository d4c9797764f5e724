"""HEAD is answered wherever GET is: the same status and headers, no body (RFC 9110, section 9.3.2)."""

import pytest

from tests.client import ApiClient

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash", "notes": "Café"}


@pytest.mark.parametrize("url", ["/health", "/expenses", "/expenses?limit=1", "/expenses?colour=red", "{expense}"])
def test_head_has_the_status_and_headers_of_get(api: ApiClient, url: str) -> None:
    recorded = [api.post("/expenses", LUNCH) for _ in range(2)]
    url = url.format(expense="/expenses/" + recorded[0].json["expense_id"])
    got, head = api.get(url), api.send("HEAD", url, {})
    assert (head.status, head.text) == (got.status, "")
    assert head.headers == {**got.headers, "Content-Length": str(len(got.text.encode()))}


def test_head_needs_a_token_where_get_does(api: ApiClient) -> None:
    assert api.as_user(None).send("HEAD", "/expenses", {}).status == 401
