"""Where the function's log goes: on this machine only what went wrong, since each request has a line anyway."""

import json
import sys


class FunctionLog:
    """A standard output for the function, each line of which is a JSON object with a `level`."""

    def write(self, text: str) -> int:
        """Pass on the lines above INFO; the metrics among the others are CloudWatch's."""
        for line in text.splitlines():
            if json.loads(line)["level"] not in {"DEBUG", "INFO"}:
                sys.stderr.write(line + "\n")
        return len(text)

    def flush(self) -> None:
        """Do nothing: every line is passed on at once."""
