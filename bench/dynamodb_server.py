"""DynamoDB's JSON over TLS on loopback, with the responses of `bench.stub`, in a process of its own.

    python -m bench.dynamodb_server PORT CERTIFICATE KEY

It says nothing of how long DynamoDB takes; it is there so that the SDK, TLS and the mapping of items run for real.
"""

import asyncio
import ssl
import sys
import zlib
from functools import lru_cache
from uuid import uuid4

import orjson

from bench.stub import respond

HEALTHY = b"HTTP/1.1 200 OK\r\nServer: Server\r\nContent-Length: 8\r\nConnection: keep-alive\r\n\r\nhealthy:"
"""What DynamoDB responds to a GET."""


@lru_cache(maxsize=256)
def response(target: str, body: bytes) -> bytes:
    """Return what is sent for a request, with the headers that DynamoDB sends."""
    content = orjson.dumps(respond(target.rpartition(".")[2], orjson.loads(body)))
    head = [
        "HTTP/1.1 200 OK",
        "Server: Server",
        "Date: Sat, 14 Jun 2025 18:22:05 GMT",
        "Content-Type: application/x-amz-json-1.0",
        f"Content-Length: {len(content)}",
        "Connection: keep-alive",
        f"x-amzn-RequestId: {uuid4().hex.upper()}",
        f"x-amz-crc32: {zlib.crc32(content)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + content


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to the requests of one connection, until the client leaves."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = (line.partition(":") for line in head.split("\r\n")[1:])
            headers = {name.lower(): value.strip() for name, _, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            writer.write(response(headers["x-amz-target"], body) if body else HEALTHY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        writer.close()


async def main() -> None:
    """Serve until the process is ended."""
    port, certificate, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(serve, "127.0.0.1", int(port), ssl=context)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
