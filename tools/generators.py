"""Show as what an amount comes out of client generators: `python -m tools.generators`, or by name.

An amount has up to 15 significant digits. A double keeps them; the 32-bit float that Go's generators make of a number
without a format, or of the format `decimal`, does not. What a generator needs (Node, Go, Maven and Java) must be there.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tools import clients

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "openapi.yaml"
_JAVA_TOOL = "org.openapitools:openapi-generator-cli:7.14.0"
_JAR = ROOT / ".tools" / "openapi-generator-cli-7.14.0.jar"


class Generator(NamedTuple):
    """A generator of clients, and how the type of an amount is read from what it writes."""

    generate: Callable[[Path], None]
    """Writes into a directory that is there."""
    amount: str
    """A regular expression whose group is the type."""
    exact: str
    """The type that keeps 15 digits."""


def _go(directory: Path) -> None:
    go = ("go", "-C", ROOT / "tools" / "compatibility", "tool", "oapi-codegen")
    _run(*go, "-generate", "types", "-package", "api", "-o", directory / "types.go", CONTRACT)


def _openapi_generator(language: str) -> Callable[[Path], None]:
    def generate(directory: Path) -> None:
        if not _JAR.exists():
            _run("mvn", "-q", "dependency:copy", f"-Dartifact={_JAVA_TOOL}", f"-DoutputDirectory={_JAR.parent}")
        options = ("--global-property", "models=ExpenseCreate", "-g", language, "-i", CONTRACT, "-o", directory)
        _run("java", "-jar", _JAR, "generate", *options)

    return generate


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)  # noqa: S603


GENERATORS: Mapping[str, Generator] = {
    "openapi-typescript": Generator(clients.typescript, r"\bAmount: (\w+);", "number"),
    "openapi-python-client": Generator(clients.python, r"^    amount: (\w+)$", "float"),
    "oapi-codegen (Go)": Generator(_go, r"^type Amount = (\w+)", "float64"),
    "OpenAPI Generator, Go": Generator(_openapi_generator("go"), r"^\tAmount (\w+)", "float64"),
    "OpenAPI Generator, Java": Generator(_openapi_generator("java"), r"private (\w+) amount;", "Double"),
    "OpenAPI Generator, C#": Generator(_openapi_generator("csharp"), r"public (\w+) Amount ", "double"),
    "OpenAPI Generator, Kotlin": Generator(_openapi_generator("kotlin"), r"val amount: kotlin.(\w+)", "Double"),
    "OpenAPI Generator, Swift": Generator(_openapi_generator("swift6"), r"public var amount: (\w+)", "Double"),
    "OpenAPI Generator, Rust": Generator(_openapi_generator("rust"), r"pub amount: (\w+)", "f64"),
    "OpenAPI Generator, Dart": Generator(_openapi_generator("dart"), r"^  (\w+) amount;", "double"),
}


def amount_type(name: str) -> str:
    """Return the type of an amount in what a generator writes.

    Raises `CalledProcessError` or `FileNotFoundError` where it can't run, and `LookupError` where there is no amount.
    """
    generator = GENERATORS[name]
    with TemporaryDirectory() as directory:
        generator.generate(Path(directory))
        for path in sorted(Path(directory).rglob("*")):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if found := re.search(generator.amount, text, re.MULTILINE):
                return found[1]
    raise LookupError(f"{name} wrote no amount.")


def main() -> None:
    """Print the type by each generator of the command line, or by all; exit with 1 where one is not exact."""
    inexact = False
    for name in sys.argv[1:] or GENERATORS:
        found = amount_type(name)
        inexact |= found != GENERATORS[name].exact
        print(f"{name:<28}{found}")  # noqa: T201
    sys.exit(inexact)


if __name__ == "__main__":
    main()
