"""The image's tag: another one whenever the image is built again, and only then."""

import re
from pathlib import Path

import pytest

from infra.image_source import source_tag
from tests.infra.recording import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "api").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM scratch")
    (tmp_path / ".dockerignore").write_text("*\n!api\n!openapi.yaml\n**/__pycache__\n")
    (tmp_path / "api" / "handler.py").write_text("pass")
    (tmp_path / "openapi.yaml").write_text("openapi: 3.0.3")
    return tmp_path


def tag(project: Path) -> str:
    return source_tag(project, "linux/arm64")


def test_the_same_source_has_the_same_tag(project: Path) -> None:
    assert tag(project) == tag(project)
    assert re.fullmatch(r"[0-9a-f]{32}", tag(project))


def test_each_file_s_content_changes_the_tag(project: Path) -> None:
    tags = {tag(project)}
    files = [path for path in sorted(project.rglob("*")) if path.is_file()]
    for path in files:
        path.write_text(path.read_text() + "\n#")
        tags.add(tag(project))
    assert len(tags) == len(files) + 1


def test_a_new_name_a_new_mode_and_another_platform_change_the_tag(project: Path) -> None:
    tags = {tag(project), source_tag(project, "linux/amd64")}
    handler = project / "api" / "handler.py"
    handler.chmod(0o755)
    tags.add(tag(project))
    handler.rename(project / "api" / "entry.py")
    tags.add(tag(project))
    assert len(tags) == 4


def test_another_place_changes_the_tag_because_the_provider_builds_again(project: Path, tmp_path: Path) -> None:
    before = tag(project)
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    project.rename(moved)
    assert tag(moved) != before


def test_bytecode_and_what_is_outside_the_build_do_not_change_the_tag(project: Path) -> None:
    before = tag(project)
    (project / "api" / "__pycache__").mkdir()
    (project / "api" / "__pycache__" / "handler.pyc").write_text("x")
    (project / "README.md").write_text("x")
    assert tag(project) == before


def test_docker_gets_to_see_only_what_is_named_and_the_tag_knows_all_of_it() -> None:
    lines = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert lines[0] == "*"
    # A pattern after the `!` would need more than the tag's maker can read.
    assert [line for line in lines if line.startswith("!") and not (ROOT / line[1:]).exists()] == []
    assert {line for line in lines[1:] if not line.startswith("!")} == {"**/__pycache__"}
