"""One word for one thing: what the glossary in CONTRIBUTING.md replaced occurs no more."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RETIRED = {
    r"\b(an?|the|its|our|own|one|every|no|first|last|this|of) answer\b": "response",
    r"[a-z_]_answers?\b|\banswers?_[a-z]|\b[A-Z][a-z]*Answers?\b|\b(class|->|:) Answer\b": "response",
    r"\bfaults?\b|\w_faults?\b|\bfaults?_": "violation (of the contract), problem or error",
    r"\bfindings\b|\bFinding\b(?= *[(:|\]])": "violation",
    r"\bbreach(es|ed)?\b": "violation",
    r"\brefusals?\b": "problem, or error",
    r"(?<![.\w])[Mm]embers?\b(?!\()": "property of an object, attribute of an item or field of a class",
    r"\ba text\b|\btexts\b": "string",
    r"\bjudg(e|es|ed|ing)\b": "validate; in tests, an oracle",
    r"\bwhole numbers?\b": "integer",
    r"\bmoments?\b": "instant",
    r"\b(put|puts|putting) (it |them )?into words\b|\binto_words\b": "describe",
    r"(?<!there )\b(is|are) none\b(?! of)": "is not a valid …",
    r"\bknown are\b": "allowed: …",
    r"\bcan(no|')t be (meant|had)\b": "is not valid, or is not available",
    r"\blets?[ _]through\b": "matches",
    r"\btrail\b|\b_?Trail\b": "context",
    r"\blaid[ _]out\b": "layout",
    r"\bown[ _]routes\b": "local routes",
    r"\bpatien(t|ce)\w*|_?PATIENCE": "timeout",
    r"\bsifted\b": "filtered",
    r"\bTell whether\b": "Return whether",
    r"\b[Hh]ands (an?|each|everything|it|over|the|to)\b": "passes, sends or invokes",
    r"\bvouch\w*": "has verified",
    r"\b(is|are) told\b": "is notified; of a setting, is configured",
    r"\bspeaks\b": "serves, or understands",
    r"\b[Nn]obody\b|\b[Ww]hoever\b|\b[Ss]omebody\b": "the plain subject: a user, a caller, the code",
}
"""What is looked for, and the word in its place. An expression that hits honest English is to be narrowed here."""

PLACES = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "Makefile", "README.md", "SECURITY.md"),
    *("compose.yaml", "openapi.yaml", "pyproject.toml", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"),
    *(".ci", ".github", "api", "bench", "definitions", "docs", "examples", "infra", "local", "tests", "tools"),
)
"""Files, and directories with all that is in them: the whole project but what is generated from elsewhere."""

SUFFIXES = {".css", ".html", ".js", ".json", ".md", ".py", ".toml", ".ts", ".yaml", ".yml"}
FAULT_INJECTION = ROOT / "tests" / "machine"
"""Where a fault is what the field calls one: an error that a test injects."""


def files() -> list[Path]:
    """The files of all places, without what is generated."""
    found = (
        inner
        for place in PLACES
        for inner in ([ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*"))
    )
    return sorted(
        path
        for path in found
        if path.is_file()
        and path not in {Path(__file__), ROOT / "bench" / "results.md"}  # the latter is what `make bench` wrote
        and (path.suffix in SUFFIXES or path.name in {"Dockerfile", "Makefile"})
        and not {"__pycache__", "dist", "node_modules"} & set(path.parts)
    )


@pytest.mark.parametrize("retired", RETIRED)
def test_a_retired_word_is_gone(retired: str) -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(retired, line) and not ("fault" in retired and FAULT_INJECTION in path.parents)
    ]
    assert hits == [], f"say {RETIRED[retired]} instead (CONTRIBUTING.md, Words)"


def test_every_place_exists() -> None:
    assert [place for place in PLACES if not (ROOT / place).exists()] == []


def test_the_glossary_has_some_twenty_words() -> None:
    glossary = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Words")[2]
    words = re.findall(r"^\| ([a-zE][^|]+) \|", glossary, re.MULTILINE)
    assert 18 <= len(words) <= 24
    for word in ("violation", "problem", "response", "property", "validate"):
        assert any(word in entry for entry in words)
