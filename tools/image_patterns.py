"""The regular expressions of what starts with the function, compiled when the image is built, as its modules are.

Python keeps no bytecode of regular expressions: botocore and urllib3 compile more than a hundred whenever they are
imported, a tenth of a cold start, and most of that for those that know IPv6 addresses. `sitecustomize.py`, which Python
imports before anything else, gives `re` what it would have compiled. It does nothing in another version of Python than
the one that wrote it, and the image starts without it too.
https://docs.python.org/3.13/library/site.html#module-sitecustomize
"""

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

MODULE = "sitecustomize.py"
STARTS_WITH = ("awslambdaric.bootstrap", "botocore.session")
"""What is imported at every start, as far as it is there."""


class BadPatterns(RuntimeError):
    """What starts with the function could not be imported; the message says why."""


def write_patterns(packages: Path, directory: Path) -> None:
    """Write the module that has the compiled expressions of these packages into a directory. Raises `BadPatterns`.

    It is for the Python that runs this.
    """
    recorded = subprocess.run(  # noqa: S603 — this interpreter, on this file
        [sys.executable, "-B", "-S", __file__],
        env={"PYTHONPATH": str(packages.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    if recorded.returncode:
        raise BadPatterns(f"The regular expressions could not be compiled:\n{recorded.stderr}")
    (directory / MODULE).write_text(recorded.stdout, encoding="utf-8")


def _module() -> str:
    """Return the module, after importing what starts with the function and making a client, as it does."""
    for name in STARTS_WITH:
        if find_spec(name.partition(".")[0]):
            import_module(name)
    session = sys.modules["botocore.session"].get_session()
    session.set_credentials("none", "none")
    session.create_client("dynamodb", "eu-west-1")
    keys = [(pattern, flags) for _, pattern, flags in vars(re)["_cache"]]
    lines = (f"        {(pattern, flags, *_compiled(pattern, flags))!r}," for pattern, flags in keys)
    return _MODULE.format(version=sys.hexversion, patterns="\n".join(lines))


def _compiled(pattern: str | bytes, flags: int) -> tuple[int, list[int], int, dict[str, int], tuple[str | None, ...]]:
    """Return what `re` makes a pattern of: its own flags, its code, how many groups it has, and their names."""
    compiler = vars(re)["_compiler"]
    parsed = vars(re)["_parser"].parse(pattern, flags)
    code = [int(step) for step in vars(compiler)["_code"](parsed, flags)]
    names: dict[str, int] = parsed.state.groupdict
    by_index: list[str | None] = [None] * parsed.state.groups
    for name, index in names.items():
        by_index[index] = name
    return int(flags | parsed.state.flags), code, parsed.state.groups - 1, names, tuple(by_index)


_MODULE = '''"""Regular expressions, compiled by tools/image_patterns.py."""

import re
import sys

import _sre

if sys.hexversion == {version}:
    for pattern, flags, *compiled in (
{patterns}
    ):
        re._cache[type(pattern), pattern, flags] = _sre.compile(pattern, *compiled)
'''

if __name__ == "__main__":
    sys.stdout.write(_module())
