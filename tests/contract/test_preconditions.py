"""Preconditions by entity tags, as RFC 9110 (section 13) has them."""

from typing import Any

import pytest

from tests.client import ApiClient, EventTransport, Request, Response

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash", "date": "2025-06-14"}
MATCHING = ["*", '"2"', '"1", "2"', '"2","1"', ' , "x" ,, "2"', 'W/"2", "2"', '"a,b", "2"', '"2",']
NOT_MATCHING = ['"1"', 'W/"2"', '"02"', '"x"', '""', '"1", "3"', 'W/"2", "1"', '"a,2"', '"\xff"', f'"{2**80}"']


@pytest.fixture
def url(api: ApiClient) -> str:
    """The address of an expense at version 2."""
    url = f"/expenses/{api.post('/expenses', LUNCH).json['expense_id']}"
    assert api.patch(url, {"notes": "x"}).headers["ETag"] == '"2"'
    return url


def send(api: ApiClient, method: str, url: str, headers: dict[str, Any]) -> Response:
    if method == "PATCH":
        return api.patch(url, {"amount": 1}, **headers)
    return api.delete(url, **headers)


@pytest.mark.parametrize("tags", MATCHING)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_if_match_lets_a_change_pass_at_a_version_that_it_names(
    api: ApiClient, url: str, method: str, tags: str
) -> None:
    assert send(api, method, url, {"If_Match": tags}).status in {200, 204}


@pytest.mark.parametrize("tags", NOT_MATCHING)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_if_match_stops_a_change_at_another_version(api: ApiClient, url: str, method: str, tags: str) -> None:
    response = send(api, method, url, {"If_Match": tags})
    assert (response.status, response.headers["ETag"]) == (412, '"2"')
    assert api.get(url).json["version"] == 2


@pytest.mark.parametrize("tags", ["*", '"1"', '"1", "2"', 'W/"1"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_is_missing_is_missing_whatever_the_precondition(api: ApiClient, method: str, tags: str) -> None:
    missing = "/expenses/00000000-0000-4000-8000-000000000000"
    assert send(api, method, missing, {"If_Match": tags}).status == 404


def test_several_lines_of_if_match_are_one_list(events: EventTransport, url: str) -> None:
    event = events.event(Request("PATCH", url, {"Content-Type": "application/json", "If-Match": '"2"'}, {"amount": 1}))
    event["multiValueHeaders"]["If-Match"] = ['"1"', '"2"']
    assert events.invoke(event)["statusCode"] == 200


def test_a_client_can_tell_its_own_change_from_another_after_a_lost_response(api: ApiClient, url: str) -> None:
    assert api.patch(url, {"amount": 7}, If_Match='"2"').status == 200  # the response is lost
    repeated = api.patch(url, {"amount": 7}, If_Match='"2"')
    current = api.get(url)
    assert (repeated.status, repeated.headers["ETag"]) == (412, current.headers["ETag"])
    assert current.json["amount"] == 7


@pytest.mark.parametrize("tags", ["*", '"2"', 'W/"2"', '"1", W/"2"'])
def test_what_the_client_has_already_is_not_sent_again(api: ApiClient, url: str, tags: str) -> None:
    response = api.get(url, If_None_Match=tags)
    assert (response.status, response.text, response.headers["ETag"]) == (304, "", '"2"')


@pytest.mark.parametrize("tags", ['"1"', 'W/"1"', '"02"', '""', '"x", "3"'])
def test_what_the_client_does_not_have_is_sent(api: ApiClient, url: str, tags: str) -> None:
    response = api.get(url, If_None_Match=tags)
    assert (response.status, response.json["version"]) == (200, 2)


@pytest.mark.parametrize("tags", ["2", 'w/"2"', '"2', '"2" "3"', '*, "2"', ""])
def test_an_if_none_match_that_is_malformed_is_refused(api: ApiClient, url: str, tags: str) -> None:
    assert api.get(url, If_None_Match=tags).pointers == ["If-None-Match"]
