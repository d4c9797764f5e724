"""Ports taken, the URLs they are reached by, and what a person reads when one is unavailable."""

import errno
import re
import socket
from collections.abc import Iterator

import pytest

from local.addresses import (
    is_everywhere,
    is_from_here,
    is_private,
    names_this_machine,
    reachable_url,
    take_port,
    unavailable,
    url,
)
from tools.serving import has_ipv6

NEEDS_IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
HOW = "PORT={port} make run"


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with take_port("127.0.0.1", 0) as listener:
        yield listener


@pytest.mark.parametrize(
    ("host", "reached_at"),
    [
        ("127.0.0.1", r"http://127\.0\.0\.1:\d+"),
        ("0.0.0.0", r"http://127\.0\.0\.1:\d+"),  # noqa: S104
        ("", r"http://(127\.0\.0\.1|\[::1\]):\d+"),
        pytest.param("::1", r"http://\[::1\]:\d+", marks=NEEDS_IPV6),
        pytest.param("::", r"http://\[::1\]:\d+", marks=NEEDS_IPV6),
    ],
)
def test_every_host_is_reached_at_a_real_address(host: str, reached_at: str) -> None:
    with take_port(host, 0) as listener:
        assert re.fullmatch(reached_at, reachable_url(listener))
        address = re.sub(r"[\[\]]", "", reachable_url(listener).removeprefix("http://").rpartition(":")[0])
        socket.create_connection((address, listener.getsockname()[1]), timeout=1).close()


@NEEDS_IPV6
def test_every_address_of_ipv6_includes_those_of_ipv4() -> None:
    with take_port("::", 0) as listener:
        socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=1).close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("0.0.0.0", True),  # noqa: S104
        pytest.param("::", True, marks=NEEDS_IPV6),
        ("127.0.0.1", False),
        pytest.param("::1", False, marks=NEEDS_IPV6),
    ],
)
def test_a_wildcard_listens_everywhere(host: str, *, expected: bool) -> None:
    with take_port(host, 0) as listener:
        assert is_everywhere(listener) is expected


def test_an_ipv6_address_is_in_brackets_in_a_url() -> None:
    assert (url("fe80::1", 80), url("example.com", 80)) == ("http://[fe80::1]:80", "http://example.com:80")


def error_of(host: str, port: int) -> OSError:
    with pytest.raises(OSError, match=r".") as caught:
        take_port(host, port)
    return caught.value


def test_a_taken_port_comes_with_one_that_is_free(taken: socket.socket) -> None:
    port = taken.getsockname()[1]

    message = unavailable("127.0.0.1", port, error_of("127.0.0.1", port), HOW)

    match = re.fullmatch(rf"Port {port} of 127\.0\.0\.1 is in use\. Choose another: PORT=(\d+) make run", message)
    assert match
    take_port("127.0.0.1", int(match[1])).close()


def test_after_the_last_port_any_is_proposed() -> None:
    message = unavailable("127.0.0.1", 65535, OSError(errno.EADDRINUSE, ""), HOW)

    assert message == "Port 65535 of 127.0.0.1 is in use. Choose another: PORT=0 make run"


def test_a_port_for_administrators_comes_with_one_for_everybody() -> None:
    message = unavailable("127.0.0.1", 80, PermissionError(errno.EACCES, ""), HOW)

    match = re.fullmatch(r"Port 80 is for administrators\. Choose another: PORT=(\d+) make run", message)
    assert match
    assert int(match[1]) >= 8000


@pytest.mark.parametrize(
    ("host", "error"),
    [("192.0.2.1", error_of("192.0.2.1", 0)), ("no-such-host", socket.gaierror(socket.EAI_NONAME, "unknown"))],
)
def test_a_foreign_host_is_the_problem_and_not_the_port(host: str, error: OSError) -> None:
    message = unavailable(host, 8000, error, HOW)

    assert message.startswith(f"{host} is not an address of this machine.")
    assert "PORT" not in message


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True), ("192.168.1.5", False)],
)
def test_what_comes_by_the_loopback_or_from_the_address_that_it_goes_to_is_from_here(
    address: str, *, expected: bool
) -> None:
    assert is_from_here(address, "192.168.1.4") is expected
    assert is_from_here("192.168.1.4", "192.168.1.4")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(
            ("localhost:8000", True),
            ("LOCALHOST", True),
            ("127.0.0.1:1", True),
            ("[::1]:1", True),
            ("100.64.0.1", True),
        ),
        *((socket.gethostname(), True), (f"{socket.gethostname()}.local:1", True)),
        *(
            ("evil.example", False),
            ("x.alb.localhost", False),
            ("evil.local", False),
            ("", False),
            ("[localhost]", False),
        ),
        *(("localhost.", False), ("evil@localhost", False), ("localhost/x", False), ("2130706433", False)),
    ],
)
def test_only_addresses_and_names_of_its_own_are_this_machine(host: str, *, expected: bool) -> None:
    assert names_this_machine(host) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        *(("http://localhost:3000/", True), ("http://192.168.1.5:5173/cb?x", True), ("https://mypc.local", True)),
        *(("http://[::1]/", True), ("http://8.8.8.8/", False), ("http://evil.example/", False), ("myapp://cb", False)),
        *(
            (r"http://evil.example\@localhost/", False),
            ("http://localhost@evil.example/", False),
            ("http://[::1", False),
        ),
    ],
)
def test_a_private_url_is_of_this_machine_or_its_network(url: str, *, expected: bool) -> None:
    assert is_private(url) is expected
