"""The image is built when its source changes, and pushed whatever was pushed before."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.config.loading import load
from infra.image.component import Image
from infra.image.source import source_tag
from tests.infra.provider import ACCOUNT
from tests.infra.recording import ROOT, Recording, record, recorded


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


def test_bytecode_what_is_not_built_and_the_place_do_not_change_the_tag(project: Path, tmp_path: Path) -> None:
    before = tag(project)
    (project / "api" / "__pycache__").mkdir()
    (project / "api" / "__pycache__" / "handler.pyc").write_bytes(b"\0")
    (project / "README.md").write_text("# Read me")
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    project.rename(moved)
    assert tag(moved) == before


def test_the_real_source_has_a_tag_that_a_registry_takes() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", source_tag(ROOT, "linux/arm64"))


class TagAlreadyExists(Exception):
    """What ECR says of a second push of an immutable tag: ImageTagAlreadyExistsException."""


@dataclass
class Registry:
    """ECR, as far as tags go. Each build has another digest, as builds on different machines have."""

    tags: dict[str, str] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)

    def push(self, recording: Recording) -> str:
        """Build and push what a recording asks for, and return the digest."""
        digest = f"sha256:{len(self.digests):064}"
        for name in recording.one("Image").inputs["tags"]:
            if name in self.tags and recording.one("Repository").inputs["imageTagMutability"] == "IMMUTABLE":
                raise TagAlreadyExists(name)
            self.tags[name] = digest
        self.digests.append(digest)
        return digest

    def untagged(self) -> set[str]:
        return set(self.digests) - set(self.tags.values())


def test_a_change_and_its_revert_can_both_be_pushed(project: Path) -> None:
    def build() -> None:
        Image(load(), root=project, account_id=ACCOUNT)

    registry = Registry()
    for source in ("A", "B", "A"):
        (project / "api" / "handler.py").write_text(source)
        registry.push(record("dev", run=build))
    assert len(registry.tags) == 2
    # The first image of A has lost its tag, and former versions of the Lambda still run it.
    assert registry.untagged() == {registry.digests[0]}


def test_an_image_without_a_tag_is_kept_as_long_as_one_with_a_tag() -> None:
    [rule] = json.loads(recorded("prod").one("LifecyclePolicy").inputs["policy"])["rules"]
    assert rule["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30}


@pytest.mark.parametrize(("name", "platform"), [("prod", "linux/arm64"), ("everything", "linux/amd64")])
def test_the_image_is_for_the_processor_of_the_function_only(name: str, platform: str) -> None:
    # Two platforms would make an index, which Lambda refuses.
    assert recorded(name).one("Image").inputs["platforms"] == [platform]


def test_a_preview_needs_no_docker() -> None:
    assert recorded("prod").one("Image").inputs["buildOnPreview"] is False


def test_the_build_does_not_depend_on_where_pulumi_is_run() -> None:
    image = recorded("prod").one("Image").inputs
    assert Path(image["context"]["location"]).is_absolute()
    assert Path(image["dockerfile"]["location"]).is_absolute()
