"""The addresses of this machine: ports taken to listen at, and the URLs that they are reached by."""

import errno
import os
import re
import socket
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address

IPV6, HOST = r"\[([\da-f:.]+)\]", r"([\w.-]+)"
"""What the host of a URL is, in lower case."""
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Where a server that listens at every address (of IPv4, of both) is reached from its own machine."""


def take_port(host: str, port: int) -> socket.socket:
    """Listen at a port, or at any that is free for 0. Raises `OSError` if it is unavailable."""
    family, *_, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, dualstack_ipv6=both)


def listen(host: str, port: int, how_to_choose: str) -> socket.socket:
    """Listen at a port, or end this process with a message. `how_to_choose` another one has `{port}` in it."""
    try:
        return take_port(host, port)
    except OSError as error:
        sys.exit(unavailable(host, port, error, how_to_choose))


def unavailable(host: str, port: int, error: OSError, how_to_choose: str) -> str:
    """Return, for a person, why a port could not be taken and what to do; `how_to_choose` has `{port}` in it."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} is not an address of this machine. "
            "Use --host 127.0.0.1 for this machine alone, or --host 0.0.0.0 for its network too."
        )
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Choose another: {how_to_choose.format(port=_free_port(host, port))}"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is for administrators. Choose another: {how_to_choose.format(port=_free_port(host, 7999))}"
    return f"Port {port} of {host} is unavailable: {os.strerror(error.errno or 0).lower()}."


def _free_port(host: str, after: int) -> int:
    """Return the next free port, or 0, which stands for any."""
    for port in range(after + 1, 1 << 16):
        try:
            take_port(host, port).close()
        except OSError:
            continue
        return port
    return 0


def is_everywhere(listener: socket.socket) -> bool:
    """Return whether a server listens at every address of this machine, so that others reach it too."""
    return listener.getsockname()[0] in LOOPBACK


def reachable_url(listener: socket.socket) -> str:
    """Return the URL by which this machine reaches a server of its own, such as `http://[::1]:8000`."""
    host, port = listener.getsockname()[:2]
    return url(LOOPBACK.get(host, host), port)


def network_url(listener: socket.socket) -> str | None:
    """Return the URL by which others in the network reach a server of this machine; None if they can't."""
    if not is_everywhere(listener):
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the way, and so the address
        except OSError:
            return reachable_url(listener)
        return url(probe.getsockname()[0], listener.getsockname()[1])


def url(host: str, port: int) -> str:
    """Return the URL of a server; an IPv6 address is put in brackets (RFC 3986, 3.2.2)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_from_here(client: str, server: str) -> bool:
    """Return whether a connection from one address to another is of this machine: by its loopback, or to itself."""
    return ip_address(client.removeprefix("::ffff:")).is_loopback or client == server


def names_this_machine(host_header: str) -> bool:
    """Return whether a Host header has an address, or a name that only this machine has.

    A page of another site can have any other name lead to this machine (DNS rebinding), and then is of the same origin.
    """
    match = re.fullmatch(rf"(?:{IPV6}|{HOST})(?::\d*)?", host_header.lower(), re.ASCII)
    own = socket.gethostname().lower()
    host = match and (match[1] or match[2])
    return host in {"localhost", own, f"{own}.local"} or _address(host) is not None


def is_private(url: str) -> bool:
    """Return whether a URL is of this machine or its network, to a browser too, which reads a backslash as a slash."""
    match = re.fullmatch(rf"https?://(?:{IPV6}|{HOST})(?::\d*)?(?:[/?#].*)?", url.lower(), re.ASCII)
    host = match and (match[1] or match[2])
    address = _address(host)
    return host == "localhost" or (host or "").endswith(".local") or (address is not None and address.is_private)


def _address(host: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host or "")
    except ValueError:
        return None
