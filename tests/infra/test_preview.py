"""The first `pulumi preview`, when nothing exists and no id is known."""

import pytest

from tests.infra.recording import recorded

OUTPUTS = {
    "api_url",
    "region",
    "user_pool_id",
    "client_id",
    "login_url",
    "table_name",
    "function_name",
    "image_digest",
    "dashboard_url",
}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_first_preview_shows_every_resource_of_the_update(stack: str) -> None:
    previewed = [(r.type, r.name) for r in recorded(stack, preview=True).resources]
    assert previewed == [(r.type, r.name) for r in recorded(stack).resources]


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("preview", [True, False])
def test_the_outputs_are_the_documented_ones(stack: str, preview: bool) -> None:
    assert recorded(stack, preview=preview).outputs.keys() == OUTPUTS


def test_an_update_knows_every_output() -> None:
    assert all(isinstance(value, str) and value for value in recorded("prod").outputs.values())


def test_aws_is_asked_only_who_is_deploying_and_how_to_push() -> None:
    assert set(recorded("prod").calls) == {
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:ecr/getAuthorizationToken:getAuthorizationToken",
    }
