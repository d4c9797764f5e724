"""Amplify, AWS's own library for front ends, through the life of an account."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from definitions.user_pool import TOKEN_VALIDITY
from tests.e2e.system import ROOT, System

PROGRAM = Path(__file__).parent / "amplify" / "account.mjs"

pytestmark = pytest.mark.skipif(
    not (ROOT / "node_modules/@aws-amplify").exists(), reason="what npm installs is not here: `npm ci` makes it"
)


@pytest.fixture(scope="module")
def seen(system: System) -> dict[str, Any]:
    """What the program has seen."""
    command = ["node", str(PROGRAM), json.dumps(system.about)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_it_signs_up_in_capitals_and_signs_in_by_srp(seen: dict[str, Any]) -> None:
    assert seen["signIn"] == "DONE"


def test_it_renews_the_session_again_and_again(seen: dict[str, Any]) -> None:
    assert (seen["tokens"], seen["apiStatus"]) == (4, 200)


def test_the_claims_are_those_of_the_stack(seen: dict[str, Any]) -> None:
    claims = seen["claims"]

    assert (claims["email"], claims["email_verified"]) == (seen["email"], True)
    assert (claims["zoneinfo"], claims["token_use"]) == ("Africa/Nairobi", "id")
    assert claims["exp"] - claims["iat"] == TOKEN_VALIDITY.id_minutes * 60


def test_the_new_email_address_counts_once_it_is_confirmed(seen: dict[str, Any]) -> None:
    assert seen["update"]["updateAttributeStep"] == "CONFIRM_ATTRIBUTE_WITH_CODE"
    assert (seen["before"]["email"], seen["before"]["name"]) == (seen["email"], "Amina")
    assert (seen["after"]["email"], seen["after"]["email_verified"]) == (seen["newEmail"], "true")


def test_a_password_that_was_replaced_is_refused(seen: dict[str, Any]) -> None:
    assert seen["oldPassword"] == "NotAuthorizedException"


def test_the_second_factor_is_asked_for_and_checked(seen: dict[str, Any]) -> None:
    assert seen["second"] == "CONFIRM_SIGN_IN_WITH_TOTP_CODE"
    assert (seen["wrongTotp"], seen["rightTotp"]) == ("CodeMismatchException", "DONE")


def test_a_deleted_user_cannot_sign_in(seen: dict[str, Any]) -> None:
    assert seen["deleted"] == "NotAuthorizedException"
