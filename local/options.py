"""What can be chosen when the system is started on this machine: by options, or by variables for `make`."""

import argparse
import os
import re
import sys
from pathlib import Path

DIRECTORY = Path(__file__).parents[1] / ".local"


def command_line() -> argparse.Namespace:
    """Read the options of this process. Ends it with a message if one is not valid."""
    variable = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole system on this machine.")
    parser.add_argument(
        "--host",
        default=_address(variable("HOST", "")) or "127.0.0.1",
        help="the address to listen at: 127.0.0.1 for this machine alone (default), 0.0.0.0 for its network too, "
        "or :: for both kinds of addresses ($HOST)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=variable("PORT") or "8000",
        help="the port to listen at; 0 for any that is free (default: $PORT, else 8000)",
    )
    parser.add_argument(
        "--aws-port",
        type=_port,
        default=variable("AWS_PORT") or "0",
        help="the port that DynamoDB and Cognito listen at (default: $AWS_PORT, else that of the last time)",
    )
    parser.add_argument(
        "--lambda-url",
        metavar="URL",
        help="a Lambda emulator to call, such as http://127.0.0.1:9000, instead of the function in this process",
    )
    parser.add_argument(
        "--state",
        metavar="DIRECTORY",
        type=Path,
        default=variable("STATE") or DIRECTORY,
        help="where users, expenses and keys are kept (default: $STATE, else .local)",
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        default=_is_set("FRESH"),
        help="forget what was kept before ($FRESH=1)",
    )
    parser.add_argument(
        "--ephemeral",
        action="store_true",
        default=_is_set("EPHEMERAL"),
        help="keep nothing, and leave alone what was kept before ($EPHEMERAL=1)",
    )
    parser.add_argument(
        "--lite",
        action="store_true",
        default=_is_lite(variable("USER_POOL_TIER", "")),
        help="renew sessions as a stack of Cognito's LITE plan does: REFRESH_TOKEN_AUTH ($USER_POOL_TIER=LITE)",
    )
    return parser.parse_args()


def _is_set(name: str) -> bool:
    """Return whether a variable is 1. Ends the process if it is neither that nor 0: what is kept is no guess."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        sys.exit(f"{name} is {value!r}; it must be 1, or 0 as if it were not set.")
    return value == "1"


def _is_lite(tier: str) -> bool:
    """Return whether a plan of Cognito's is LITE. Ends the process if it is no plan."""
    if tier not in ("", "LITE", "ESSENTIALS", "PLUS"):
        sys.exit(f"USER_POOL_TIER is {tier!r}; it must be LITE, ESSENTIALS or PLUS.")
    return tier == "LITE"


def _address(host: str) -> str:
    """Return an address; nothing for another meaning of `HOST`, which some shells and compilers set."""
    return host if re.fullmatch(r"[\d.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*", host) else ""


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; it must be an integer from 0 to 65535")
