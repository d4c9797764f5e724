"""docs/deploy.md names things that exist, and its blocks can be pasted as they stand."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore import xform_name
from botocore.validate import ParamValidator

from tests.infra.pasting import SHELLS, Call, blocks, paste
from tests.infra.recording import ROOT, recorded

TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
KEYS = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
BLOCKS = blocks(TEXT)
SESSION = botocore.session.get_session()

PASSWORD = "Aa1,b=\"c'd\\e$HOME!{f}"
"""Of what a password may have, all that shells and the AWS CLI's shorthand take for their own."""

CUSTOM_COMMANDS = {("s3", "mb"), ("sso", "login")}
"""Commands of the CLI that no operation of a service stands behind."""

SERVICES = {"s3api": "s3"}
"""Services that the CLI has under another name."""

GLOBAL_OPTIONS = {"cli-input-json", "output", "query", "region"}
calls_jq = pytest.mark.skipif(not shutil.which("jq"), reason="these blocks of the guide call jq")
TOOLS = {"aws", "curl", "docker", "jq", "make", "pulumi", "python3"}
BUILT_IN = {"echo", "export", "printf", "read"}


def test_every_output_that_it_reads_is_one() -> None:
    read = set(re.findall(r"pulumi stack output (\w+)", TEXT))
    assert read <= recorded("dev").outputs.keys()


def test_every_key_that_it_sets_is_declared() -> None:
    named = re.findall(r"pulumi config set (?:--path ')?([\w:]+)", TEXT)
    assert named
    assert [key for key in named if key not in KEYS] == []


def test_its_variables_are_those_of_the_workflow() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    for variable in set(re.findall(r"vars\.(\w+)", workflow)):
        assert f"`{variable}`" in TEXT


def amounts(label: str) -> list[float]:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {label}"))
    return [float(cell.strip(" *≤")) for cell in row.split("|")[3:6]]


def rows_before(label: str) -> list[list[float]]:
    lines = TEXT.splitlines()
    table = lines[lines.index("|---|---|--:|--:|--:|") + 1 :]
    end = next(place for place, line in enumerate(table) if line.startswith(f"| {label}"))
    return [
        [float(cell.strip(" *≤")) for cell in line.split("|")[3:6]]
        for line in table[:end]
        if not line.startswith("| **")
    ]


def test_the_sums_of_the_costs_are_right() -> None:
    for stack in ("**`dev`**", "**`prod`**"):
        sums = [round(sum(column), 2) for column in zip(*rows_before(stack), strict=True)]
        assert amounts(stack) == sums


def test_the_alarms_cost_about_what_they_look_at() -> None:
    metrics = sum(
        "metric" in query for alarm in recorded("dev").all("MetricAlarm") for query in alarm.inputs["metricQueries"]
    )
    assert amounts("Alarms")[0] == pytest.approx(metrics * 0.1, rel=0.2)


def test_every_key_that_it_names_is_declared() -> None:
    named = re.findall(r"`([a-z]+[A-Z]\w*)`", TEXT)
    assert named
    assert sorted({name for name in named if name not in KEYS}) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_every_block_is_valid_in_bash_and_zsh(shell: str) -> None:
    for block in BLOCKS:
        done = subprocess.run([shell, "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


def test_no_block_has_a_comment_that_an_interactive_zsh_would_run() -> None:
    assert [line for block in BLOCKS for line in block.splitlines() if re.search(r"(^|\s)#", line)] == []


def test_nothing_is_pasted_after_a_question() -> None:
    for block in BLOCKS:
        *before, _last = block.splitlines()
        assert [line for line in before if re.search(r"\bread -", line)] == []


def test_only_the_tools_of_step_1_are_used() -> None:
    first = "\n".join(BLOCKS)
    used = set(
        re.findall(r"(?:^|\$\(|[|;] ?|&& )\s*([a-z][\w-]*)(?= |$)", re.sub(r"'[^']*'", "''", first), re.MULTILINE)
    )
    assert used - TOOLS - BUILT_IN - {"trust"} == set()
    [step_1] = re.findall(r"1\. \*\*Tools\.\*\*(.*?)\n\n", TEXT, re.DOTALL)
    for tool, name in {"aws": "AWS CLI", "pulumi": "Pulumi", "python3": "Python", "docker": "Docker"}.items():
        assert tool in TOOLS
        assert name in step_1
    assert all(tool in step_1 for tool in ("curl", "jq", "make"))


def test_every_aws_command_and_option_exists() -> None:
    script = re.sub(r"\\\n\s*", "", "\n".join(BLOCKS) + "\n".join(re.findall(r"`(aws [^`]+)`", TEXT)))
    commands = re.findall(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)([^|)\n]*)", script)
    assert len(commands) > 15
    for service, operation, rest in commands:
        if (service, operation) in CUSTOM_COMMANDS:
            continue
        model = SESSION.get_service_model(SERVICES.get(service, service))
        names = {xform_name(name, "-"): name for name in model.operation_names}
        assert operation in names, f"{service} {operation}"
        shape = model.operation_model(names[operation]).input_shape
        options = {xform_name(name, "-") for name in (shape.members if shape else {})} | GLOBAL_OPTIONS
        assert set(re.findall(r"--([a-z-]+)", rest)) <= options, f"{service} {operation}{rest}"


def after_heading(heading: str) -> list[str]:
    """The blocks of one step or section."""
    start = TEXT.index(heading)
    end = re.compile(r"^(\d+\. \*\*|## )", re.MULTILINE).search(TEXT, start + len(heading))
    return blocks(TEXT[start : end.start() if end else len(TEXT)])


def valid_input(call: Call) -> dict[str, object]:
    """The input of a recorded call, which the service's own model must find valid."""
    model = SESSION.get_service_model(call.service)
    [operation_name] = [name for name in model.operation_names if xform_name(name, "-") == call.operation]
    shape = model.operation_model(operation_name).input_shape
    assert shape is not None
    parameters = {xform_name(name, "-"): name for name in shape.members}
    given: dict[str, object] = json.loads(call.options.get("cli-input-json", "{}"))
    given |= {parameters[option]: value for option, value in call.options.items() if option in parameters}
    report = ParamValidator().validate(given, shape)
    assert not report.has_errors(), report.generate_report()
    return given


@calls_jq
@pytest.mark.parametrize("shell", SHELLS)
def test_a_user_can_have_any_password(shell: str, tmp_path: Path) -> None:
    script = "\n".join(after_heading("8. **First user.**") + after_heading("9. **First expense.**"))
    calls = paste(shell, script, tmp_path, typed=["me@example.com", PASSWORD])

    create, set_password, sign_in = (valid_input(call) for call in calls)
    assert create["Username"] == set_password["Username"] == "me@example.com"
    assert set_password["Password"] == PASSWORD
    assert sign_in["AuthParameters"] == {"USERNAME": "me@example.com", "PASSWORD": PASSWORD}


@calls_jq
@pytest.mark.parametrize("shell", SHELLS)
def test_a_user_can_sign_up_with_any_password(shell: str, tmp_path: Path) -> None:
    ask = "read -r USER_NAME; read -rs PASSWORD; export USER_NAME PASSWORD CLIENT=abc123\n"
    script = ask + "\n".join(after_heading("**Who may register.**"))
    calls = paste(shell, script, tmp_path, typed=["me@example.com", PASSWORD, "123456"])

    sign_up, confirm = (valid_input(call) for call in calls if call.service == "cognito-idp")
    assert sign_up["Password"] == PASSWORD
    assert (confirm["Username"], confirm["ConfirmationCode"]) == ("me@example.com", "123456")


@calls_jq
@pytest.mark.parametrize("shell", SHELLS)
def test_the_roles_trust_exactly_what_github_sends(shell: str, tmp_path: Path) -> None:
    calls = paste(shell, "\n".join(after_heading("## Update from GitHub")), tmp_path)

    trusts = {
        call.options["role-name"]: json.loads(call.options["assume-role-policy-document"])["Statement"]
        for call in calls
        if call.operation == "create-role"
    }
    provider = "token.actions.githubusercontent.com"
    subjects = {}
    for role, [statement] in trusts.items():
        assert statement["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{provider}"}
        assert statement["Condition"].keys() == {"StringEquals"}
        assert statement["Condition"]["StringEquals"][f"{provider}:aud"] == "sts.amazonaws.com"
        subjects[role] = statement["Condition"]["StringEquals"][f"{provider}:sub"]
    assert subjects == {
        "expenses-deploy": ["repo:acme/expenses:environment:dev", "repo:acme@12/expenses@34:environment:dev"],
        "expenses-preview": ["repo:acme/expenses:pull_request", "repo:acme@12/expenses@34:pull_request"],
    }


@calls_jq
def test_a_preview_can_read_the_state_and_change_nothing(tmp_path: Path) -> None:
    calls = paste(SHELLS[0], "\n".join(after_heading("## Update from GitHub")), tmp_path)

    [policy] = [json.loads(call.options["policy-document"]) for call in calls if call.operation == "put-role-policy"]
    actions = [
        action
        for s in policy["Statement"]
        for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    ]
    assert actions == ["s3:GetObject", "s3:ListBucket", "kms:Decrypt", "ecr:GetAuthorizationToken"]
    attached = [
        call.options["policy-arn"]
        for call in calls
        if call.options.get("role-name") == "expenses-preview" and call.operation == "attach-role-policy"
    ]
    assert attached == ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]


def test_the_committed_stack_file_outlives_the_stack() -> None:
    assert re.findall(r"^\s*pulumi stack rm.*", TEXT, re.MULTILINE) == ["pulumi stack rm --preserve-config"]


def test_no_image_is_ever_deleted_to_make_a_push_pass() -> None:
    assert "batch-delete-image" not in TEXT
