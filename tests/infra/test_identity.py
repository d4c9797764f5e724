"""Who may sign in, and how."""

import pytest

from definitions.user_pool import OAUTH_SCOPES
from tests.infra.recording import record, recorded


@pytest.mark.parametrize(("name", "may"), [("dev", True), ("prod", False)])
def test_only_dev_lets_anyone_register(name: str, may: bool) -> None:
    settings = recorded(name).one("UserPool").inputs["adminCreateUserConfig"]
    assert settings == {"allowAdminCreateUserOnly": not may}


def test_a_stack_of_its_own_lets_nobody_register_unless_it_says_so() -> None:
    pool = record("dev", {"selfSignUp": None}).one("UserPool").inputs
    assert pool["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": True}


def test_who_signs_in_by_the_login_page_may_change_their_own_account() -> None:
    # Cognito takes UpdateUserAttributes, ChangePassword, SetUserMFAPreference and DeleteUser only with this scope.
    assert "aws.cognito.signin.user.admin" in recorded("dev").one("UserPoolClient").inputs["allowedOauthScopes"]
    assert "+".join(OAUTH_SCOPES) in recorded("dev").outputs["login_url"]


def test_an_app_can_be_sent_back_to() -> None:
    assert recorded("everything").one("UserPoolClient").inputs["callbackUrls"] == ["myapp://callback"]
    assert "redirect_uri=myapp%3A%2F%2Fcallback" in recorded("everything").outputs["login_url"]


@pytest.mark.parametrize(
    ("name", "history", "protected", "login_version"),
    [("dev", 5, None, 2), ("everything", 5, {"advancedSecurityMode": "ENFORCED"}, 2), ("least", None, None, 1)],
)
def test_a_tier_is_asked_only_for_what_it_has(
    name: str, history: int | None, protected: dict[str, str] | None, login_version: int
) -> None:
    pool = recorded(name).one("UserPool").inputs
    assert pool["passwordPolicy"].get("passwordHistorySize") == history
    assert pool.get("userPoolAddOns") == protected
    assert recorded(name).one("UserPoolDomain").inputs["managedLoginVersion"] == login_version
    assert len(recorded(name).all("ManagedLoginBranding")) == login_version - 1


@pytest.mark.parametrize(("mfa", "app"), [("OFF", None), ("OPTIONAL", {"enabled": True}), ("ON", {"enabled": True})])
def test_an_authenticator_app_is_offered_where_there_is_mfa(mfa: str, app: dict[str, bool] | None) -> None:
    pool = record("dev", {"mfa": mfa}).one("UserPool").inputs
    assert (pool["mfaConfiguration"], pool.get("softwareTokenMfaConfiguration")) == (mfa, app)
