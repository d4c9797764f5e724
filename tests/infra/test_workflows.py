"""What runs on GitHub runs pinned code and holds no long-lived key."""

import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.recording import ROOT, recorded
from tools import smoke, smoke_user

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
JOBS: dict[str, dict[str, Any]] = {
    name: job for path in FILES for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
}
TEXTS = [path.read_text(encoding="utf-8") for path in FILES]


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in FILES])
def test_every_action_is_pinned_to_a_commit_and_says_its_version(text: str) -> None:
    used = re.findall(r"uses: *(.+)", text)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", action)] == []


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in FILES])
def test_no_key_is_stored_and_no_foreign_code_runs_with_rights(text: str) -> None:
    assert "secrets." not in text
    assert "pull_request_target" not in text


def test_only_jobs_that_deploy_may_ask_for_a_role() -> None:
    asking = {name for name, job in JOBS.items() if job.get("permissions", {}).get("id-token") == "write"}
    assert asking == {"preview", "up"}


def test_main_is_deployed_only_when_its_checks_pass() -> None:
    assert JOBS["up"]["needs"] == "check"
    assert "refs/heads/main" in JOBS["up"]["if"]


def test_a_preview_and_an_update_never_run_with_the_same_role() -> None:
    roles = {
        name: step["with"]["role-to-assume"]
        for name in ("preview", "up")
        for step in JOBS[name]["steps"]
        if "role-to-assume" in step.get("with", {})
    }
    assert roles == {"preview": "${{ vars.AWS_PREVIEW_ROLE }}", "up": "${{ vars.AWS_DEPLOY_ROLE }}"}


def steps_using(job: str, action: str) -> list[dict[str, Any]]:
    return [step for step in JOBS[job]["steps"] if step.get("uses", "").startswith(f"{action}@")]


@pytest.mark.parametrize("job", ["preview", "up"])
def test_pulumi_runs_with_the_version_of_the_locked_sdk(job: str, tmp_path: Path) -> None:
    [look_up] = [step for step in JOBS[job]["steps"] if step.get("id") == "locked"]
    output = tmp_path / "output"
    subprocess.run(["/bin/sh", "-euc", look_up["run"]], cwd=ROOT, env={"GITHUB_OUTPUT": str(output)}, check=True)
    assert output.read_text() == f"pulumi={version('pulumi')}\n"
    [pulumi] = steps_using(job, "pulumi/actions")
    assert pulumi["with"]["pulumi-version"] == "${{ steps.locked.outputs.pulumi }}"


@pytest.mark.parametrize("job", ["preview", "up"])
def test_pulumi_cloud_is_reached_by_oidc_only_where_an_organization_is_named(job: str) -> None:
    [cloud] = steps_using(job, "pulumi/auth-actions")
    assert cloud["if"] == "vars.PULUMI_ORGANIZATION != ''"
    assert JOBS[job]["steps"].index(cloud) < JOBS[job]["steps"].index(steps_using(job, "pulumi/actions")[0])


def test_an_update_runs_in_an_environment_and_a_preview_in_none() -> None:
    # The roles' trust policies go by this: docs/deploy.md.
    assert JOBS["up"]["environment"] == "${{ vars.PULUMI_STACK }}"
    assert "environment" not in JOBS["preview"]


def test_the_image_is_built_on_its_own_processor_whichever_that_is() -> None:
    assert JOBS["up"]["runs-on"] == "${{ vars.RUNNER || 'ubuntu-24.04-arm' }}"


def test_no_variable_is_set_that_has_no_effect() -> None:
    # The provider that builds the image sends no attestations by itself, and does not read it.
    for text in (*TEXTS, (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")):
        assert "BUILDX_NO_DEFAULT_ATTESTATIONS" not in text


def test_an_update_ends_with_a_walk_through_what_it_deployed() -> None:
    *_, update, walk = JOBS["up"]["steps"]
    assert update["id"] == "stack"
    assert walk["run"] == "make smoke"
    read = re.findall(r"\$\{\{ steps\.stack\.outputs\.(\w+) \}\}", " ".join(walk["env"].values()))
    assert len(read) == len(walk["env"])
    assert set(read) <= recorded("dev").outputs.keys()
    documented = (smoke.__doc__ or "") + (smoke_user.__doc__ or "")
    assert [name for name in walk["env"] if name not in documented] == []


UPDATES = {
    entry["package-ecosystem"]: entry
    for entry in yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
}


@pytest.mark.parametrize(
    ("ecosystem", "file"),
    [
        ("pip", "runtime.txt"),
        ("npm", "package-lock.json"),
        ("gomod", "go.sum"),
        ("github-actions", ".github/workflows/ci.yml"),
        ("docker", "Dockerfile"),
    ],
)
def test_dependabot_renews_every_kind_of_pin(ecosystem: str, file: str) -> None:
    assert (ROOT / UPDATES[ecosystem]["directory"].strip("/") / file).exists()
