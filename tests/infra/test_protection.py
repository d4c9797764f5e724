"""What cannot be brought back outlives a careless `pulumi destroy`, and a meant one is possible."""

import pytest

from tests.infra.recording import Recording, record, recorded

IRREPLACEABLE = {
    "expenses-prod-table": "the expenses",
    "expenses-prod-records-table": "the totals",
    "expenses-prod-users": "the users",
    "expenses-prod-client": "the client's id, which every front end has built in",
    "expenses-prod-login": "the login page's address",
    "expenses-prod-api": "the API's address",
    "expenses-prod-log": "the Lambda's log",
    "expenses-prod-access-log": "the gateway's log",
    "expenses-prod-repository": "the images that former versions run",
}


def protected(recording: Recording) -> set[str]:
    return {resource.name for resource in recording.custom if resource.request.protect}


def test_prod_protects_exactly_what_cannot_be_brought_back() -> None:
    assert protected(recorded("prod")) == IRREPLACEABLE.keys()


def test_aws_itself_refuses_to_delete_data_users_and_images() -> None:
    prod = recorded("prod")
    assert [table.inputs["deletionProtectionEnabled"] for table in prod.all("Table")] == [True, True]
    assert prod.one("UserPool").inputs["deletionProtection"] == "ACTIVE"
    assert prod.one("Repository").inputs["forceDelete"] is False


def test_without_protection_nothing_stands_in_the_way_of_a_destroy() -> None:
    # The first step of a destroy: `pulumi config set deletionProtection false`, `pulumi up`.
    unprotected = record("prod", {"deletionProtection": False})
    assert protected(unprotected) == set()
    assert [table.inputs["deletionProtectionEnabled"] for table in unprotected.all("Table")] == [False, False]
    assert unprotected.one("UserPool").inputs["deletionProtection"] == "INACTIVE"
    assert unprotected.one("Repository").inputs["forceDelete"] is True


def test_only_what_the_account_shares_is_left_after_a_destroy() -> None:
    kept = {resource.type.rpartition(":")[2] for resource in recorded("dev").custom if resource.request.retainOnDelete}
    assert kept == {"Role", "RolePolicyAttachment", "Account"}


ROLE = "expenses-api-gateway-log"


def test_the_first_stack_makes_the_account_s_logging_role() -> None:
    role = next(role for role in recorded("dev").all("Role") if role.request.retainOnDelete)
    assert (role.inputs["name"], role.request.importId) == (ROLE, "")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_another_stack_and_another_life_take_the_role_over(stack: str) -> None:
    role = next(role for role in record(stack, roles=(ROLE,)).all("Role") if role.request.retainOnDelete)
    assert (role.inputs["name"], role.request.importId) == (ROLE, ROLE)
    # Tags differ from stack to stack, and an import fails where anything differs.
    assert set(role.request.ignoreChanges) == {"tags", "tagsAll"}


def test_the_stage_logs_only_when_the_account_may() -> None:
    assert {account.urn for account in recorded("dev").all("Account")} <= {
        *recorded("dev").one("Stage").request.dependencies
    }
