"""What must hold of any deployment, whatever is in it."""

from tests.infra.names import wrong_names
from tests.infra.recording import Recording
from tests.infra.schema import unknown_inputs


def every_input_is_one_that_the_provider_knows(recording: Recording) -> list[str]:
    return [fault for resource in recording.custom for fault in unknown_inputs(resource)]


def every_resource_belongs_to_a_component_that_finishes(recording: Recording) -> list[str]:
    components = {r.urn for r in recording.components}
    found = [f"{r.name} ({r.type}) has no component" for r in recording.custom if r.parent not in components]
    return found + [f"{urn} registers no outputs" for urn in sorted(components - recording.finished)]


def every_name_is_unique_and_within_aws_s_limits(recording: Recording) -> list[str]:
    return wrong_names(recording)


def deletion_protection_is_all_or_nothing(recording: Recording) -> list[str]:
    table, pool, repository = recording.one("Table"), recording.one("UserPool"), recording.one("Repository")
    protected = {
        "the table by AWS": table.inputs["deletionProtectionEnabled"],
        "the table by Pulumi": table.protect,
        "the pool by AWS": pool.inputs["deletionProtection"] == "ACTIVE",
        "the pool by Pulumi": pool.protect,
        "the images": not repository.inputs["forceDelete"],
    }
    return [] if len(set(protected.values())) == 1 else [f"protected are {protected}"]


def every_log_has_an_end_and_a_place(recording: Recording) -> list[str]:
    found = [
        f"{group.name} keeps logs for ever"
        for group in recording.all("LogGroup")
        if not group.inputs.get("retentionInDays")
    ]
    function = recording.one("Function").inputs
    if function["loggingConfig"].get("logGroup") not in {group.inputs["name"] for group in recording.all("LogGroup")}:
        found.append("the function logs to a group that is not this stack's")
    return found
