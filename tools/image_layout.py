"""Lay out in a directory what the image adds to its base: `python -m tools.image_layout --help`.

The Dockerfile and the tests lay out by this one script, so what the tests run is what the image holds. Dependencies are
where Lambda's layers have theirs and the function where Lambda expects it:

    opt/python   the locked dependencies, put there by pip before; cut to what is used and compiled here
    var/task     api/ and openapi.json, the contract's copy that needs no YAML to read

Lambda's file system is read-only, so bytecode that isn't in the image is compiled again at every cold start. It must
not depend on timestamps, which builds rewrite: hashes that are not checked can't go stale (PEP 552).
"""

import argparse
import compileall
import json
import os
import py_compile
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tools.image_patterns import BadPatterns, write_patterns
from tools.image_roots import BUNDLE, BadCertificates, set_out
from tools.image_sdk import MissingData, cut_data

DEPENDENCIES = Path("opt/python")
TASK = Path("var/task")
OPERATIONS = Path("api/dynamodb/operations.py")
"""Where the source tree has the operations of DynamoDB that the function calls."""


class BadLayout(RuntimeError):
    """The image can't be made of this; the message says why."""


def lay_out_dependencies(source: Path, root: Path) -> None:
    """Cut the dependencies that are in `root` to what a source tree uses, and compile them.

    Raises `MissingData` where botocore does not know an operation that is called, `BadCertificates`, `BadPatterns` and
    `BadLayout`.
    """
    packages = root / DEPENDENCIES
    operations = runpy.run_path(str(source / OPERATIONS))["ALWAYS_RETURNED"]
    cut_data(packages / "botocore" / "data", {"dynamodb": operations})
    set_out(packages / BUNDLE)
    write_patterns(packages, packages)
    shutil.rmtree(packages / "bin", ignore_errors=True)
    compile_bytecode(packages, root)


def lay_out_task(source: Path, root: Path) -> None:
    """Put the function of a source tree into `root`, beside its dependencies, and compile it. Raises `BadLayout`."""
    task = root / TASK
    shutil.copytree(source / "api", task / "api", ignore=shutil.ignore_patterns("__pycache__"))
    contract = yaml.safe_load((source / "openapi.yaml").read_text(encoding="utf-8"))
    (task / "openapi.json").write_text(
        json.dumps(contract, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    check_binding(task, root / DEPENDENCIES)
    compile_bytecode(task, root)


def check_binding(task: Path, dependencies: Path) -> None:
    """Compile the contract's copy and bind its operations with nothing at hand but what the image has.

    Raises `BadLayout` with whatever keeps the function from starting, such as an operation without a function.
    """
    compose = "\n".join(
        [
            "from datetime import datetime",
            "from pathlib import Path",
            "from api.bootstrap import compose",
            "from api.openapi.contract import load",
            "from api.settings import Settings",
            "compose(Settings.example(), dynamodb=None, contract=load(Path()), clock=datetime.now, write=print)",
        ]
    )
    checked = subprocess.run(  # noqa: S603 — this interpreter, on code of our own
        [sys.executable, "-B", "-S", "-c", compose],
        cwd=task,
        env={"PYTHONPATH": str(dependencies.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        raise BadLayout(f"The contract does not bind to the operations of api/:\n{checked.stderr}")


def compile_bytecode(directory: Path, root: Path) -> None:
    """Compile every module of a directory under its name in the image. Raises `BadLayout` for one that can't be."""
    compiled = compileall.compile_dir(
        directory,
        quiet=1,
        force=True,
        workers=os.cpu_count() or 1,
        stripdir=str(root),
        prependdir="/",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise BadLayout(f"Not every module in {directory} compiles.")


def main() -> None:
    """Lay out the part that the command line asks for."""
    parser = argparse.ArgumentParser(description="Lay out what the image adds to its base.")
    parser.add_argument("part", choices=("dependencies", "task"))
    parser.add_argument("root", type=Path, help="the directory that becomes the image's root")
    parser.add_argument("--source", type=Path, default=Path(), help="where api/ and openapi.yaml are (default: here)")
    options = parser.parse_args()
    try:
        if options.part == "dependencies":
            lay_out_dependencies(options.source, options.root)
        else:
            lay_out_task(options.source, options.root)
    except (BadLayout, BadCertificates, BadPatterns, MissingData) as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
