"""What was measured: some values of one thing, taken one round after another."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Samples:
    """The values of the rounds."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self) -> str:
        """Return the median with the lowest and the highest value."""
        return f"{short(self.median)} ({short(min(self.values))}…{short(max(self.values))})"

    def against(self, others: "Samples") -> "Samples":
        """Return the ratio of each round's value to the other's of the same round."""
        return Samples([value / other for value, other in zip(self.values, others.values, strict=True)])


def short(number: float) -> str:
    """Return a number with three significant digits, in digits only."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"
