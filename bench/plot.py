"""The pictures: ratios as bars on a logarithmic scale, and where a cold start goes as two stacks."""

from collections.abc import Iterable, Iterator, Mapping
from math import log10
from xml.sax.saxutils import escape

from bench.environments import FLOOR, OURS, PEERS
from bench.measurements import Measurements
from bench.samples import short
from bench.tables import compared

COLOURS = {
    "installed": "#d5d8dc",
    "bare": "#9aa0a6",
    "this": "#1a7f37",
    "msgspec": "#6d4c41",
    "powertools": "#f2a900",
    "litestar": "#d93025",
    "fastapi": "#0f9d92",
    "connexion": "#5b6ee1",
    "openapi_core": "#b5489c",
}
PHASE_COLOURS = ("#9aa0a6", "#bdc1c6", "#f2a900", "#5b6ee1", "#1a7f37", "#0f9d92", "#d93025", "#b5489c", "#6d4c41")
LEFT, WIDTH, BAR, GAP, TOP = 130, 560, 13, 14, 60
STACK = 34


def plot(found: Measurements) -> str:
    """Return how many times as long as this project the peers take, as SVG."""
    ratios = {
        name: {peer: samples.median / times[OURS].median for peer, samples in times.items()}
        for name, times in compared(found).items()
    }
    longest = max(max(group.values()) for group in ratios.values())
    parts = []
    y = TOP
    for name, group in ratios.items():
        parts.append(_text(LEFT - 8, y + BAR, name, "end"))
        parts += _bars(group, y, longest)
        y += len(group) * BAR + GAP
    legend = {
        name.partition(" (")[0].partition(" +")[0].partition(", Mangum")[0]: COLOURS[peer]
        for peer, name in PEERS.items()
    }
    return _picture("Times as long as this project takes (logarithmic scale)", legend, parts, y)


def plot_phases(found: Measurements) -> str:
    """Return where the processor time of a cold start goes, as SVG."""
    times = {peer: {phase: each[peer].median for phase, each in found.phases.items()} for peer in (FLOOR, OURS)}
    longest = max(sum(phases.values()) for phases in times.values())
    colours = dict(zip(found.phases, PHASE_COLOURS, strict=True))
    parts = []
    y = TOP + 16
    for peer, phases in times.items():
        parts.append(_text(LEFT - 8, y + STACK / 2 + 4, PEERS[peer].partition(" (")[0], "end"))
        x = float(LEFT)
        for phase, milliseconds in phases.items():
            width = WIDTH * milliseconds / longest
            label = f"{phase}: {short(milliseconds)} ms"
            parts.append(_box(x, y, width, STACK, colours[phase], label))
            if width > 24:
                parts.append(_text(x + width / 2, y + STACK / 2 + 4, f"{milliseconds:.0f}", "middle"))
            x += width
        parts.append(_text(x + 5, y + STACK / 2 + 4, f"{sum(phases.values()):.0f} ms"))
        y += STACK + GAP
    return _picture("Where the processor time of a cold start goes, in ms", colours, parts, y)


def _picture(title: str, legend: Mapping[str, str], parts: Iterable[str], height: float) -> str:
    size = f'width="{LEFT + WIDTH + 70}" height="{height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="11">',
            f'<title>{title}</title><rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text x="20" y="18" font-size="13" fill="#222">{title}</text>',
            *_legend(legend),
            *parts,
            "</svg>",
            "",
        ]
    )


def _legend(colours: Mapping[str, str]) -> Iterator[str]:
    x, y = 20, 30
    for name, colour in colours.items():
        width = 30 + 6 * len(name)
        if x + width > LEFT + WIDTH + 60:
            x, y = 20, y + 16
        yield _box(x, y, 10, 10, colour, name)
        yield _text(x + 14, y + 9, name)
        x += width


def _bars(group: Mapping[str, float], y: int, longest: float) -> list[str]:
    lowest = 0.1
    bars = []
    for n, (peer, ratio) in enumerate(group.items()):
        length = max(1.0, WIDTH * log10(ratio / lowest) / log10(longest / lowest))
        at = y + n * BAR
        bars.append(_box(LEFT, at, length, BAR - 2, COLOURS[peer], PEERS[peer]))
        bars.append(_text(LEFT + length + 5, at + BAR - 3, f"{short(ratio)} x"))
    return bars


def _box(x: float, y: float, width: float, height: float, colour: str, title: str) -> str:
    at = f'x="{x:.1f}" y="{y:.0f}" width="{width:.1f}" height="{height:.0f}" fill="{colour}"'
    return f"<rect {at}><title>{escape(title)}</title></rect>"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'
