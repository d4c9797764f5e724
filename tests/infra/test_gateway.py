"""The API is deployed when its document changes, and never points to nothing."""

import hashlib
import json

from definitions.gateway_responses import INTEGRATION_TIMEOUT_SECONDS
from tests.infra.recording import recorded


def test_an_import_that_loses_parts_fails() -> None:
    assert recorded("prod").one("RestApi").inputs["failOnWarnings"] is True


def test_the_provider_is_left_nothing_to_set_back() -> None:
    # What is optional and computed is set back to what it last saw when the document changes.
    api = recorded("prod").one("RestApi").inputs
    assert api.keys() >= {"name", "description", "binaryMediaTypes", "minimumCompressionSize", "apiKeySource"}


def test_a_changed_document_is_deployed_before_the_old_one_goes() -> None:
    deployment, body = recorded("prod").one("Deployment"), recorded("prod").one("RestApi").inputs["body"]
    assert deployment.inputs["triggers"] == {"body": hashlib.sha256(body.encode()).hexdigest()}
    assert "stageName" not in deployment.inputs
    assert not deployment.request.deleteBeforeReplace
    assert recorded("prod").one("Permission").urn in deployment.request.dependencies
    assert deployment.urn in recorded("prod").one("Stage").request.propertyDependencies["deployment"].urns


def test_the_access_log_has_both_ids_and_the_function_s() -> None:
    fields = json.loads(recorded("prod").one("Stage").inputs["accessLogSettings"]["format"])
    assert fields["extendedRequestId"] == "$context.extendedRequestId"
    assert fields["requestId"] == "$context.requestId"
    assert fields["lambdaRequestId"] == "$context.integration.requestId"


def test_the_function_answers_before_the_gateway_gives_up() -> None:
    assert recorded("prod").one("Function").inputs["timeout"] < INTEGRATION_TIMEOUT_SECONDS


def test_a_name_that_was_proven_before_can_be_proven_again() -> None:
    record = next(r for r in recorded("everything").all("Record") if r.name.endswith("certificate-proof"))
    assert record.inputs["allowOverwrite"] is True
