"""What can be chosen when the system is started on this machine."""

import argparse
import os


def command_line() -> argparse.Namespace:
    """Read the options of this process. Ends it with a message if one is not valid."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole system on this machine.")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen at: 127.0.0.1 for this machine alone (default), 0.0.0.0 for its network too",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("PORT") or "8000",
        help="the port to listen at; 0 for any that is free (default: $PORT, else 8000)",
    )
    parser.add_argument(
        "--aws-port",
        type=_port,
        default="0",
        help="the port that DynamoDB and Cognito listen at (default: any that is free)",
    )
    parser.add_argument(
        "--lambda-url",
        metavar="URL",
        help="a Lambda emulator to call, such as http://127.0.0.1:9000, instead of the function in this process",
    )
    return parser.parse_args()


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; it must be an integer from 0 to 65535")
