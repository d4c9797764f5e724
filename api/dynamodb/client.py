"""The botocore client of DynamoDB, with connections and responses of this service's own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from api.deadline import deadline
from api.dynamodb.connections import READ_SECONDS, HTTPConnectionPool, HTTPSConnectionPool
from api.dynamodb.responses import ParserFactory, check_integrity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECT_SECONDS = 1


def dynamodb_client(session: Session) -> "DynamoDBClient":
    """Return a client for DynamoDB that makes each call once and keeps deadlines.

    It comes from botocore because importing boto3 on top would add a tenth to the cold start and nothing that is used.
    """
    once = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},  # `calls` retries, because it knows the deadline
        tcp_keepalive=True,
        parameter_validation=False,  # what the store sends is made of what is valid already, and DynamoDB validates it
    )
    # botocore documents no such component; a test holds it to its effect.
    session.register_component("response_parser_factory", ParserFactory())
    client = session.create_client("dynamodb", config=once)
    client.meta.events.register("before-parse.dynamodb", check_integrity)
    # botocore has no setting for the connections that it makes; a test over real sockets holds this to its effect.
    pools = cast("Any", client)._endpoint.http_session._manager.pool_classes_by_scheme  # noqa: SLF001
    pools.update(http=HTTPConnectionPool, https=HTTPSConnectionPool)
    return cast("DynamoDBClient", client)


@contextmanager
def connecting(client: "DynamoDBClient") -> Iterator[None]:
    """Open a connection for the first call while the block runs; wait for it in the end, `CONNECT_SECONDS` at the most.

    Where that fails, the first call opens its own or says why not. A table without encryption is on this machine.
    """
    thread = Thread(target=_connect, args=(client,), daemon=True)
    is_remote = client.meta.endpoint_url.startswith("https:")
    if is_remote:
        thread.start()
    yield
    if is_remote:
        thread.join(CONNECT_SECONDS)


def _connect(client: "DynamoDBClient") -> None:
    """Ask DynamoDB's address for nothing, without credentials, which it responds to as load balancers ask it.

    It takes a request: with TLS 1.3 a server sends tickets after the handshake, and urllib3 takes a connection on which
    something has come unasked for one that is broken.
    """
    request = AWSRequest(method="GET", url=client.meta.endpoint_url).prepare()
    with suppress(BotoCoreError), deadline(CONNECT_SECONDS):
        cast("Any", client)._endpoint.http_session.send(request)  # noqa: SLF001
