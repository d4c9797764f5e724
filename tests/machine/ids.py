"""Stand-ins for random ids and tokens, so that a failure can be repeated."""

from uuid import UUID


class Ids:
    """The same ids each time, in no order."""

    def __init__(self) -> None:
        self._count = 0

    def uuid4(self) -> UUID:
        self._count += 1
        return UUID(int=(self._count * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)

    def token(self, length: int) -> str:
        self._count += 1
        return f"{self._count:0{length}}"
