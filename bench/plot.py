"""The ratios as a picture: bars on a logarithmic scale, a group for each thing measured."""

from collections.abc import Mapping
from math import log10
from xml.sax.saxutils import escape

from bench.environments import OURS, PEERS
from bench.events import REQUESTS
from bench.measurements import Measurements
from bench.samples import short

COLOURS = {
    "bare": "#9aa0a6",
    "this": "#1a7f37",
    "powertools": "#f2a900",
    "fastapi": "#0f9d92",
    "connexion": "#5b6ee1",
    "openapi_core": "#b5489c",
}
LEFT, WIDTH, BAR, GAP, TOP = 130, 560, 13, 14, 60


def plot(found: Measurements) -> str:
    """Return the picture as SVG."""
    groups = {"cold start": found.cold["process"]} | {request: found.p50[request] for request in REQUESTS}
    ratios = {
        name: {peer: samples.median / times[OURS].median for peer, samples in times.items()}
        for name, times in groups.items()
    }
    longest = max(max(group.values()) for group in ratios.values())
    height = TOP + sum(len(group) * BAR + GAP for group in ratios.values())
    size = f'width="{LEFT + WIDTH + 70}" height="{height}"'
    title = "Times as long as this project takes (logarithmic scale)"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="11">',
        f'<title>{title}</title><rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="20" y="18" font-size="13" fill="#222">{title}</text>',
        *_legend(),
    ]
    y = TOP
    for name, group in ratios.items():
        parts.append(f'<text x="{LEFT - 8}" y="{y + BAR}" text-anchor="end" fill="#222">{escape(name)}</text>')
        parts += _bars(group, y, longest)
        y += len(group) * BAR + GAP
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts = []
    x = 20
    for peer, name in PEERS.items():
        short_name = name.partition(" (")[0].partition(" +")[0]
        parts.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{COLOURS[peer]}"/>')
        parts.append(f'<text x="{x + 14}" y="39" fill="#222">{escape(short_name)}</text>')
        x += 34 + 6 * len(short_name)
    return parts


def _bars(group: Mapping[str, float], y: int, longest: float) -> list[str]:
    lowest = 0.1
    bars = []
    for n, (peer, ratio) in enumerate(group.items()):
        length = max(1.0, WIDTH * log10(ratio / lowest) / log10(longest / lowest))
        at = y + n * BAR
        bars.append(f'<rect x="{LEFT}" y="{at}" width="{length:.0f}" height="{BAR - 2}" fill="{COLOURS[peer]}"/>')
        bars.append(f'<text x="{LEFT + length + 5:.0f}" y="{at + BAR - 3}" fill="#222">{short(ratio)} x</text>')
    return bars
