"""What runs on GitHub runs pinned code and holds no long-lived key."""

import re
from typing import Any

import pytest
import yaml

from tests.infra.recording import ROOT

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


def test_the_image_is_pushed_without_the_attestations_that_lambda_refuses() -> None:
    assert JOBS["up"]["env"] == {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    document = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert document.index("BUILDX_NO_DEFAULT_ATTESTATIONS=1") < document.index("pulumi up")
