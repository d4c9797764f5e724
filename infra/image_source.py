"""What the Lambda's image is built from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("Dockerfile", ".dockerignore", "api", "openapi.yaml", "requirements/runtime.txt")
"""The build's context: `.dockerignore` lets in these and nothing else."""


def source_tag(root: Path, platform: str) -> str:
    """Make a tag for the image that this source makes on this platform.

    It changes with everything that makes the provider build and push again, the context's own place included, because
    the repository refuses a second push of the same tag.
    """
    digest = hashlib.sha256(f"{root}\0{platform}\0".encode())
    for path in _files(root):
        content = path.read_bytes()
        mode = path.stat().st_mode & 0o777
        digest.update(f"{path.relative_to(root).as_posix()}\0{mode:o}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        else:
            yield path
