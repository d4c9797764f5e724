"""This tree beside an earlier commit's, in one interleaved run: `make bench AGAINST=COMMIT`."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import instructions
from bench.dynamodb import DynamoDB
from bench.environments import Environment, interpreter, of_image
from bench.events import REQUESTS
from bench.measurements import DYNAMODB, Extent, Measurements, count_instructions, measure_requests, measure_starts
from bench.samples import Samples, short
from bench.tables import table
from tools.image_root import REPOSITORY

BEFORE, NOW = "before", "now"


class NoSuchTree(RuntimeError):
    """There is nothing of this name to measure against; the message has git's reason."""


def against(commit: str, dynamodb: DynamoDB, extent: Extent, say: Callable[[str], None]) -> str:
    """Return how much of an earlier commit's time and instructions this tree takes. Raises `NoSuchTree`."""
    with both(commit, dynamodb.authority) as environments:
        calling = {name: environment.calling(dynamodb.url) for name, environment in environments.items()}
        found = Measurements()
        for number in range(extent.starts):
            say(f"cold starts {number + 1}/{extent.starts}")
            # What begins is warmed by nothing, and what follows by the other: so they take turns.
            measure_starts(found, dict(sorted(calling.items(), reverse=bool(number % 2))))
        measure_requests(found, DYNAMODB, calling, REQUESTS, extent.rounds, say)
        found.uncounted = instructions.missing() if extent.is_whole else "this is only a first look"
        if not found.uncounted:
            say("instructions")
            count_instructions(found, calling)
        found.image = {name: _megabytes(each) for name, each in environments.items()}
    return report(commit, found)


def report(commit: str, found: Measurements) -> str:
    """Return the ratios with their spread over the rounds, and the medians."""
    timed = {
        "cold start, processor": found.cold["cpu"],
        "cold start, on the clock": found.cold["wall"],
        **found.p50[DYNAMODB],
    }
    text = [
        f"This tree beside {commit}, median (lowest … highest); cold starts in ms, requests with DynamoDB in µs.",
        table(
            ["", BEFORE, NOW, "now / before"],
            ([name, *(each[of].text() for of in (BEFORE, NOW)), _ratio(each).text()] for name, each in timed.items()),
        ),
        _counted(found),
        f"Image without its base: {short(found.image[BEFORE])} MB before, {short(found.image[NOW])} MB now.",
    ]
    return "\n\n".join(text)


def _ratio(each: Mapping[str, Samples]) -> Samples:
    return each[NOW].against(each[BEFORE])


def _counted(found: Measurements) -> str:
    if found.uncounted:
        return f"Instructions are not counted: {found.uncounted}."
    counts = {name: {"cold start": found.cold_instructions[name], **found.instructions[name]} for name in (BEFORE, NOW)}
    rows = (
        [name, short(before), short(counts[NOW][name]), short(counts[NOW][name] / before)]
        for name, before in counts[BEFORE].items()
    )
    return table(["millions of instructions", BEFORE, NOW, "now / before"], rows)


@contextmanager
def both(commit: str, authority: Path) -> Iterator[dict[str, Environment]]:
    """Lay out the images of both trees, each by its own script."""
    python = interpreter()
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory, "tree")
        _git("worktree", "add", "--detach", str(tree), commit)
        try:
            (tree / ".tools").symlink_to(REPOSITORY / ".tools")
            yield {
                name: of_image(source, _laid_out(source, Path(directory, name), python), python, authority, name)
                for name, source in {BEFORE: tree, NOW: REPOSITORY}.items()
            }
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _laid_out(source: Path, root: Path, python: Path) -> Path:
    subprocess.run([sys.executable, "-c", _LAY_OUT, root, python], check=True, cwd=source)
    return root


_LAY_OUT = "\n".join(
    [
        "import sys",
        "from pathlib import Path",
        "from tools.image_root import function",
        "function(*map(Path, sys.argv[1:]))",
    ]
)


def _git(*arguments: str) -> None:
    git = shutil.which("git") or "git"
    done = subprocess.run([git, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoSuchTree(done.stderr.strip())


def _megabytes(environment: Environment) -> float:
    root = environment.directory.parents[1]
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
