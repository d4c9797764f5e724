"""The first `pulumi preview`, when nothing exists and no id is known."""

from typing import Any

import pytest
from pulumi.output import Unknown

from tests.infra.recording import recorded

OUTPUTS = {
    "api_url",
    "region",
    "user_pool_id",
    "client_id",
    "login_url",
    "table_name",
    "records_table_name",
    "function_name",
    "image_digest",
    "dashboard_url",
}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_first_preview_shows_every_resource_of_the_update(stack: str) -> None:
    previewed = [(r.type, r.name) for r in recorded(stack, preview=True).custom]
    assert previewed == [(r.type, r.name) for r in recorded(stack).custom]


def differences(previewed: Any, updated: Any, where: str) -> list[str]:
    """Where a preview shows something else than the update does; what it cannot know yet is no difference."""
    if isinstance(previewed, Unknown) or previewed == updated:
        return []
    if isinstance(previewed, dict) and isinstance(updated, dict) and previewed.keys() == updated.keys():
        return [
            difference
            for key in previewed
            for difference in differences(previewed[key], updated[key], f"{where}.{key}")
        ]
    if isinstance(previewed, list) and isinstance(updated, list) and len(previewed) == len(updated):
        pairs = zip(previewed, updated, strict=True)
        return [found for place, pair in enumerate(pairs) for found in differences(*pair, f"{where}[{place}]")]
    return [f"{where}: {previewed!r} is {updated!r} in the update"]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_a_preview_knows_is_what_the_update_does(stack: str) -> None:
    pairs = zip(recorded(stack, preview=True).custom, recorded(stack).custom, strict=True)
    assert [difference for one, other in pairs for difference in differences(one.inputs, other.inputs, one.name)] == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("preview", [True, False])
def test_the_outputs_are_the_documented_ones(stack: str, preview: bool) -> None:
    assert recorded(stack, preview=preview).outputs.keys() == OUTPUTS


def test_an_update_knows_every_output() -> None:
    assert all(isinstance(value, str) and value for value in recorded("prod").outputs.values())
