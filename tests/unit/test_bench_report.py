"""The benchmark's report, its pictures and promises, and the figures that documents quote of it."""

import json
from pathlib import Path

import pytest

from bench import against, instructions, publish, tables
from bench.bounds import Bound, bounds
from bench.checks import Checks
from bench.environments import FLOOR, INSTALLED, OURS, PEERS
from bench.events import OWN_REQUESTS, REQUESTS
from bench.figures import figures
from bench.measurements import DYNAMODB, STUB, Measurements, count_instructions
from bench.phases import PHASES
from bench.plot import COLOURS, plot, plot_phases
from bench.report import report
from bench.samples import Samples
from bench.shares import AtShare
from tools.image_root import REPOSITORY


def test_a_figure_is_written_into_its_place_and_nothing_else_is_changed() -> None:
    text = "It takes <!--bench:get-->1 ms<!--/--> for\n<!--bench:table-->\n\n| old |\n\n<!--/-->\nmore."
    new = publish.published(text, {"get": "2 ms", "table": "| new |"})
    assert new == "It takes <!--bench:get-->2 ms<!--/--> for\n<!--bench:table-->\n\n| new |\n\n<!--/-->\nmore."
    with pytest.raises(publish.UnknownFigure, match="put"):
        publish.published("<!--bench:put--><!--/-->", {})


@pytest.mark.parametrize("document", publish.documents(), ids=lambda path: path.name)
def test_every_figure_in_a_document_is_what_was_measured_last(document: Path) -> None:
    figures = json.loads(publish.FIGURES.read_text(encoding="utf-8"))
    text = document.read_text(encoding="utf-8")
    assert publish.published(text, figures) == text, "run `python -m bench.publish`"
    assert text.count("<!--bench:") == len(publish.PLACE.findall(text))


def everything(value: float) -> Measurements:
    """Return measurements of everything, all of the same value."""
    found = Measurements(shares=[AtShare(1024, value, value, value)])
    for table in (found.cold["cpu"], found.cold["wall"], *(found.phases[phase] for phase in PHASES)):
        for peer in PEERS:
            table[peer] = Samples([value, value])
    for peer in PEERS.keys() - {INSTALLED}:
        for request in REQUESTS:
            for kind in (STUB, DYNAMODB):
                found.p50[kind][request][peer] = Samples([value, value])
            found.p99[request][peer] = value
            found.contract[request] = Samples([value])
        found.memory[peer] = {"50": value, "1000": value}
        found.checks[peer] = Checks(3, *[True] * 4)
        found.cold_instructions[peer], found.instructions[peer] = value, dict.fromkeys(REQUESTS, value)
    for kind in (STUB, DYNAMODB):
        del found.p50[kind]["three violations"][FLOOR]  # which checks nothing
    for request in OWN_REQUESTS:
        for kind in (STUB, DYNAMODB):
            found.p50[kind][request][OURS] = Samples([value])
    return found


def test_every_figure_that_was_measured_last_is_one_that_is_measured() -> None:
    assert json.loads(publish.FIGURES.read_text(encoding="utf-8")).keys() == figures(everything(1)).keys()


def test_the_report_has_every_measurement_and_the_pictures_every_part() -> None:
    found = everything(1)
    text = report(found, {100: {}}, "3.13.0")
    assert all(name in text for name in (*PEERS.values(), *REQUESTS, *OWN_REQUESTS, *PHASES))
    assert all(bound.promise in text for bound in bounds(found))
    assert plot(found).count("<rect") > len(PEERS) * len(REQUESTS)
    assert all(phase in plot_phases(found) for phase in PHASES)


def a_comparison() -> Measurements:
    found = Measurements(uncounted="there is no need", image={"before": 80.0, "now": 72.0})
    for table in (found.cold["cpu"], found.cold["wall"], found.p50[DYNAMODB]["get"]):
        table["before"] = Samples([100, 200, 400])
        table["now"] = Samples([50, 150, 200])
    return found


def test_two_trees_are_compared_round_by_round() -> None:
    text = against.report("HEAD~1", a_comparison())
    assert "| get | 200 (100…400) | 150 (50…200) | 0.5 (0.5…0.75) |" in text
    assert "Instructions are not counted: there is no need." in text
    assert "80 MB before, 72 MB now" in text


def test_two_trees_instructions_are_compared() -> None:
    found = a_comparison()
    found.uncounted = ""
    found.cold_instructions = {"before": 1400, "now": 1050}
    found.instructions = {"before": {"get": 5}, "now": {"get": 4}}
    text = against.report("HEAD~1", found)
    assert "| cold start | 1,400 | 1,050 | 0.75 |" in text
    assert "| get | 5 | 4 | 0.8 |" in text


def test_a_machine_that_is_too_busy_to_count_instructions_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(_: object) -> None:
        raise instructions.NotCounted("the status is 503")

    monkeypatch.setattr("bench.measurements._counted", too_late)
    found = Measurements()
    count_instructions(found, {})
    assert "503" in found.uncounted
    assert tables.instructions(found).startswith("Not counted: ")


def test_a_commit_that_is_not_there_is_named() -> None:
    with pytest.raises(against.NoSuchTree, match="no-such-commit"), against.both("no-such-commit", Path()):
        pass


def test_a_promise_is_kept_up_to_its_limit() -> None:
    assert [Bound("get", 0.5, limit, "x").holds for limit in (0.4, 0.5, 0.6)] == [False, True, True]


def test_every_peer_has_its_colour_and_what_it_is_made_of() -> None:
    assert COLOURS.keys() == PEERS.keys()
    for peer in PEERS.keys() - {"this", "installed"}:
        lock = (REPOSITORY / "bench" / "peers" / peer / "requirements.txt").read_text(encoding="utf-8")
        assert "--hash=sha256:" in lock
        assert "://" not in lock
