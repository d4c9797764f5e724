"""The engine runs with nothing but itself and its two libraries."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ENGINE = Path(__file__).parents[3] / "api" / "openapi"
LIBRARIES = ("jsonschema_rs", "orjson")
USE = """
import json, sys
from pathlib import Path
from api.openapi.contract import HttpRequest, Response, load
from api.openapi.parameters import RawParameters

Path("openapi.json").write_text(json.dumps({
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {"/pets": {"get": {
        "operationId": "list_pets",
        "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
        "responses": {"200": {"description": "", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    }}},
}))
operation = load(Path()).match("/pets", "GET")
request = operation.parse(HttpRequest("GET", "/pets", RawParameters({}, {"limit": ["3"]}, {})))
operation.validate(Response(200, "Rex", media_type="text/csv"))
print(request.parameters["limit"], *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_engine_runs_with_nothing_but_its_own_package_on_the_path(tmp_path: Path) -> None:
    shutil.copytree(ENGINE, tmp_path / "api" / "openapi", ignore=shutil.ignore_patterns("__pycache__"))
    for library in LIBRARIES:
        spec = importlib.util.find_spec(library)
        assert spec
        assert spec.origin
        (tmp_path / library).symlink_to(Path(spec.origin).parent)
    ran = subprocess.run(
        [sys.executable, "-S", "-B", "-c", USE],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    limit, *loaded = ran.stdout.split()
    assert limit == "3"
    assert set(loaded) - set(sys.stdlib_module_names) - {"__main__", "_distutils_hack"} == {"api", *LIBRARIES}
