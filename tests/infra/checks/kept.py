"""What must hold of the tables, whose keys and indexes can never be changed."""

from tests.infra.recording import Recording
from tests.infra.tables import tables


def keys_and_indexes_are_those_that_the_code_uses(recording: Recording) -> list[str]:
    found = []
    for definition, table in tables(recording):
        inputs = table.inputs
        if (inputs["hashKey"], inputs["rangeKey"]) != (definition.partition_key, definition.sort_key):
            found.append(f"{table.name} has the key {inputs['hashKey']}, {inputs['rangeKey']}")
        wanted = {(index.name, index.sort_key, "ALL") for index in definition.local_indexes}
        made = {(i["name"], i["rangeKey"], i["projectionType"]) for i in inputs.get("localSecondaryIndexes", [])}
        found += [f"{table.name}: {index}" for index in sorted(wanted ^ made)]
        if {(key["name"], key["type"]) for key in inputs["attributes"]} != {
            (key, "S") for key in definition.key_attributes
        }:
            found.append(f"{table.name} declares {inputs['attributes']}")
    return found


def items_expire_by_the_attribute_that_the_code_writes(recording: Recording) -> list[str]:
    return [
        f"{table.name} expires by {table.inputs.get('ttl')}"
        for definition, table in tables(recording)
        if (table.inputs.get("ttl") or {"enabled": True, "attributeName": ""})
        != {"enabled": True, "attributeName": definition.ttl_attribute}
    ]


def prod_can_go_back_to_any_second(recording: Recording) -> list[str]:
    return [
        f"{table.name} has no continuous backups"
        for _, table in tables(recording)
        if recording.one("Function").inputs["name"] == "expenses-prod"
        and table.inputs["pointInTimeRecovery"] != {"enabled": True}
    ]


def prod_refuses_to_delete_them(recording: Recording) -> list[str]:
    return [
        f"{table.name} can be deleted"
        for _, table in tables(recording)
        if recording.one("Function").inputs["name"] == "expenses-prod"
        and not (table.request.protect and table.inputs["deletionProtectionEnabled"])
    ]


def they_are_encrypted_under_a_key_of_the_account(recording: Recording) -> list[str]:
    return [
        f"{table.name} is not"
        for _, table in tables(recording)
        if table.inputs["serverSideEncryption"] != {"enabled": True}
    ]


def what_a_second_can_cost_is_capped(recording: Recording) -> list[str]:
    return [
        f"{table.name} is not"
        for _, table in tables(recording)
        if not min(table.inputs.get("onDemandThroughput", {"": 0}).values()) > 0
    ]
