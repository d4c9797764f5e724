"""The port that the API is served at: taken early, served until a signal ends it."""

import logging
import signal
import socket
import sys
from types import FrameType

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


def end_on_signals() -> None:
    """Make Ctrl-C and SIGTERM end this process in good order, with status 0.

    Uvicorn catches them while it serves, finishes its requests and raises them again.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve on a port that was taken, with a line for each request on the console, until a signal comes."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    config = uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
