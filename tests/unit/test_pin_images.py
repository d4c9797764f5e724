"""Images of others: named in a way that Dependabot reads, and pinned by digests that a registry gave."""

import re
from pathlib import Path

import pytest

from tools.pin_images import FILES, ROOT, InvalidDigest, images, pinned, unpinned

OLD, NEW = (f"sha256:{character * 64}" for character in "ab")
DOCKERFILE = (
    "FROM python:3.13-slim AS python\nFROM python AS dependencies\nFROM ecr.example/lambda/python:3.13 AS aws\n"
)
COMPOSE = "services:\n  dynamodb:\n    image: amazon/dynamodb-local:2.5.2\n    user: root\n"


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE])
def test_every_image_with_a_tag_gets_the_digest_of_its_name(text: str) -> None:
    digests = {name: f"sha256:{index:064x}" for index, (name, _) in enumerate(images(text))}
    result = pinned(text, digests.__getitem__)
    assert dict(images(result)) == digests
    assert unpinned(result) == text


def test_the_stages_of_a_dockerfile_are_not_images_of_others() -> None:
    assert [name for name, _ in images(DOCKERFILE)] == ["python:3.13-slim", "ecr.example/lambda/python:3.13"]


def test_a_digest_is_replaced_by_the_present_one() -> None:
    assert pinned(pinned(DOCKERFILE, lambda _: OLD), lambda _: NEW) == pinned(DOCKERFILE, lambda _: NEW)


@pytest.mark.parametrize("answer", ["", "sha256:abc", "latest", f"{NEW}\nERROR"])
def test_what_is_not_a_digest_is_never_written(answer: str) -> None:
    with pytest.raises(InvalidDigest, match=r"python:3\.13-slim"):
        pinned(DOCKERFILE, lambda _: answer)


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_the_images_of_this_project_can_all_be_pinned(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert list(images(text))
    # Dependabot reads neither an ARG in FROM nor a variable in Compose.
    assert not re.search(r"^(FROM|\s+image:) *\S*\$", text, re.MULTILINE)
    named = re.findall(r"^(?:FROM|\s+image:) *(\S+[:/]\S+)", text, re.MULTILINE)
    assert [name.partition("@")[0] for name in named] == [name for name, _ in images(text)]


def test_the_image_is_built_from_the_python_that_the_project_tests() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    versions = {tag.split("-")[0] for tag in re.findall(r"python:([\d.]+\S*)", (ROOT / "Dockerfile").read_text())}
    assert len(versions) == 1
    assert f'"{versions.pop()}"' in workflow
