"""The environment of this process: what the Lambda reads, and nothing of the developer's own AWS account."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from api.settings import Settings

REGION = "us-east-1"
"""Most of Cognito's calls are unsigned and so name no region; they are taken to be for this one."""
ISOLATION = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "*",
    "no_proxy": "*",
}
"""No call can reach a real account, and none leaves this machine through a proxy."""


def isolate(environ: MutableMapping[str, str]) -> None:
    """Replace every AWS setting, and keep calls to this machine off proxies."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    environ.update(ISOLATION)


def lambda_environment(dynamodb_endpoint: str, client_id: str) -> Mapping[str, str]:
    """Return what the Lambda reads at its start, for tables at this endpoint and the pool's app client."""
    settings = Settings.example(log_level="WARNING", user_pool_client_id=client_id)
    return {**settings.to_env(), "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_endpoint}


def ministack_environment(directory: Path) -> Mapping[str, str]:
    """Return what MiniStack reads at its start, to be as strict as AWS and keep its keys in this directory."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
        **ISOLATION,
        "AUTH": "true",
        "DOCKER_HOST": f"unix://{directory}/no-docker",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "MINISTACK_REGION": REGION,
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONUTF8": "1",
        "SERVICES": "cognito-idp,dynamodb",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(directory),
    }
