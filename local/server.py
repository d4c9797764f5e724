"""The port that the API is served at: taken early, served until a signal ends it."""

import logging
import socket

import uvicorn
from starlette.types import ASGIApp


def take_port(host: str, port: int) -> socket.socket:
    """Take a port of this machine. Raises `OSError` if it can't be had."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve on a port that was taken, with a line for each request on the console, until a signal comes."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    config = uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
