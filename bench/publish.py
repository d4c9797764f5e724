"""Writes the figures that were measured last into the documents that quote them: `python -m bench.publish`.

A figure's place in a document is between `<!--bench:NAME-->` and `<!--/-->`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from tools.image_root import REPOSITORY

FIGURES = REPOSITORY / "bench" / "figures.json"
"""What was measured last, by name; `make bench` writes it."""
PLACE = re.compile(r"(<!--bench:([^>]+)-->\s*)(.*?)(\s*<!--/-->)", re.DOTALL)


class UnknownFigure(RuntimeError):
    """A document quotes a figure that is not measured."""


def documents() -> list[Path]:
    """Return the documents that may quote figures."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


def published(text: str, figures: Mapping[str, str]) -> str:
    """Return a document with these figures in their places. Raises `UnknownFigure`."""

    def place(found: re.Match[str]) -> str:
        before, name, _, after = found.groups()
        if name not in figures:
            raise UnknownFigure(f"{name} is not measured.")
        return before + figures[name] + after

    return PLACE.sub(place, text)


def publish() -> None:
    """Write the figures that were measured last into every document. Raises `UnknownFigure`."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    for document in documents():
        text = document.read_text(encoding="utf-8")
        if (new := published(text, figures)) != text:
            document.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    publish()
