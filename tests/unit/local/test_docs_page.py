"""What the docs page shows."""

import re

from starlette.routing import Router
from starlette.testclient import TestClient

from definitions.user_pool import PASSWORD_POLICY, PasswordPolicy
from local.contract import load
from local.docs.page import ASSETS, docs_page, password_rule, without_parameter_examples


def test_the_rule_for_passwords_is_the_pools_own() -> None:
    assert password_rule(PASSWORD_POLICY) == (
        "At least 12 characters, with a small letter, a capital, a digit, a symbol."
    )


def test_a_rule_without_kinds_of_characters_is_a_length() -> None:
    lenient = PasswordPolicy(8, *[False] * 4)

    assert password_rule(lenient) == "At least 8 characters."


def test_no_parameter_is_filled_in_beforehand() -> None:
    shown = without_parameter_examples(load())

    parameters = [p for item in shown["paths"].values() for operation in item.values() for p in operation["parameters"]]
    assert len(parameters) > 10
    assert all("example" not in parameter and "example" not in parameter["schema"] for parameter in parameters)


def test_the_page_loads_only_files_that_this_machine_serves() -> None:
    client = TestClient(Router(docs_page(load())))

    loaded = re.findall(r'(?:src|href)="([^"#]+)"', client.get("/docs").text)
    assert "/docs/swagger-ui/swagger-ui-bundle.js" in loaded
    assert [path for path in loaded if path != "/openapi.yaml" and client.get(path).status_code != 200] == []
    assert [file.name for file in ASSETS.iterdir() if "https://" in file.read_text(encoding="utf-8")] == []
