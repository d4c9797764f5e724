"""Where the codes go that Cognito would send by email: to the console, and to whoever asks `/_local/codes/<email>`."""

import secrets
from collections.abc import Callable


class Mailbox:
    """The newest code of each address."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._codes: dict[str, str] = {}

    def send(self, email: str) -> None:
        """Make a new 6-digit code for this address, and announce it."""
        self._codes[email] = f"{secrets.randbelow(1_000_000):06}"
        self._announce(f"Email to {email}: your code is {self._codes[email]}")

    def code_for(self, email: str) -> str | None:
        """Return the code that this address was sent last, unless it has been used."""
        return self._codes.get(email)

    def discard(self, email: str) -> None:
        """Forget a code that has been used."""
        self._codes.pop(email, None)
