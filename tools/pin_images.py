"""Pins the images of others by their digests: `make pin-images`, which needs Docker and the registries.

Dependabot renews the digest of a pinned image, and adds none to an image that has only a tag.
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = (ROOT / "Dockerfile",)

_IMAGE = re.compile(
    r"^(?P<key>FROM |[ ]+image: )(?P<name>[\w./-]+:[\w.-]+)(?P<digest>@sha256:[0-9a-f]{64})?(?=\s|$)", re.MULTILINE
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class InvalidDigest(ValueError):
    """A registry's answer that is not a digest."""


def images(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each image of a Dockerfile or a Compose file: its name with the tag, and its digest or None."""
    for match in _IMAGE.finditer(text):
        digest = match["digest"]
        yield match["name"], digest.removeprefix("@") if digest else None


def pinned(text: str, digest_of: Callable[[str], str]) -> str:
    """Return the text with the present digest behind each image's tag.

    `digest_of` returns the digest of a name such as `python:3.13-slim`. Raises `InvalidDigest` if it does not.
    """

    def pin(match: re.Match[str]) -> str:
        digest = digest_of(match["name"])
        if not _DIGEST.fullmatch(digest):
            raise InvalidDigest(f"The registry's answer for {match['name']} is not a digest: {digest!r}")
        return f"{match['key']}{match['name']}@{digest}"

    return _IMAGE.sub(pin, text)


def unpinned(text: str) -> str:
    """Return the text with tags only, for a build on images that are this machine's own."""
    return _IMAGE.sub(lambda match: match["key"] + match["name"], text)


def registry_digest(image: str) -> str:
    """Ask the registry for the digest of an image's index, which is the same for every processor.

    Raises `CalledProcessError`; Docker has said why on stderr.
    """
    command = ["docker", "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603


def main() -> None:
    """Pin every image, and print what each is pinned to."""
    for path in FILES:
        text = pinned(path.read_text(encoding="utf-8"), registry_digest)
        path.write_text(text, encoding="utf-8")
        for name, digest in images(text):
            print(f"{path.name}: {name} is {digest}")  # noqa: T201


if __name__ == "__main__":
    main()
