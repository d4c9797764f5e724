"""Both tables pass each check in every stack, and each check finds the defects that it is there for."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.infra.checks import checks_of, kept
from tests.infra.recording import STACKS, Recording, Resource, recorded
from tests.infra.tables import tables

CHECKS = checks_of(kept)

Plant = Callable[[Resource], None]


def _set(**inputs: Any) -> Plant:
    return lambda table: table.inputs.update(inputs)


def _unprotected(table: Resource) -> None:
    table.request.protect = False


def _without_the_last_index(table: Resource) -> None:
    table.inputs["localSecondaryIndexes"].pop()


def _with_keys_only(table: Resource) -> None:
    table.inputs["localSecondaryIndexes"][0]["projectionType"] = "KEYS_ONLY"


INDEX = {"name": "by_date", "rangeKey": "date_key", "projectionType": "ALL"}
EXPENSES, RECORDS = 0, 1
DEFECTS: Mapping[str, tuple[str, int, Plant]] = {
    "records by another key": (
        "keys_and_indexes_are_those_that_the_code_uses",
        RECORDS,
        _set(rangeKey="expense_id"),
    ),
    "an index of records": (
        "keys_and_indexes_are_those_that_the_code_uses",
        RECORDS,
        _set(localSecondaryIndexes=[INDEX]),
    ),
    "no index of deletions": ("keys_and_indexes_are_those_that_the_code_uses", EXPENSES, _without_the_last_index),
    "an index of keys": ("keys_and_indexes_are_those_that_the_code_uses", EXPENSES, _with_keys_only),
    "an attribute that no key uses": (
        "keys_and_indexes_are_those_that_the_code_uses",
        RECORDS,
        _set(attributes=[{"name": "spent", "type": "N"}]),
    ),
    "no expiry": ("items_expire_by_the_attribute_that_the_code_writes", EXPENSES, _set(ttl=None)),
    "expiry by another attribute": (
        "items_expire_by_the_attribute_that_the_code_writes",
        EXPENSES,
        _set(ttl={"enabled": True, "attributeName": "deleted_at"}),
    ),
    "totals that expire": (
        "items_expire_by_the_attribute_that_the_code_writes",
        RECORDS,
        _set(ttl={"enabled": True, "attributeName": "expires_at"}),
    ),
    "totals without backups": ("prod_can_go_back_to_any_second", RECORDS, _set(pointInTimeRecovery={"enabled": False})),
    "totals that AWS deletes": ("prod_refuses_to_delete_them", RECORDS, _set(deletionProtectionEnabled=False)),
    "totals that Pulumi deletes": ("prod_refuses_to_delete_them", RECORDS, _unprotected),
    "totals under AWS's own key": (
        "they_are_encrypted_under_a_key_of_the_account",
        RECORDS,
        _set(serverSideEncryption={"enabled": False}),
    ),
    "totals without a cap": (
        "what_a_second_can_cost_is_capped",
        RECORDS,
        _set(onDemandThroughput={"maxReadRequestUnits": 4000, "maxWriteRequestUnits": -1}),
    ),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", STACKS)
def test_the_tables_of_a_stack_pass_the_check(name: str, check: str) -> None:
    assert CHECKS[check](recorded(name)) == []


@pytest.mark.parametrize(("check", "which", "plant"), DEFECTS.values(), ids=DEFECTS)
def test_the_planted_defect_is_found(check: str, which: int, plant: Plant) -> None:
    recording: Recording = copy.deepcopy(recorded("prod"))
    plant(list(tables(recording))[which][1])
    assert CHECKS[check](recording)


def test_every_check_has_a_defect_that_it_finds() -> None:
    assert {check for check, _, _ in DEFECTS.values()} == CHECKS.keys()
