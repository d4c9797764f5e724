"""Labels: what shows nothing is removed, what has an effect stays."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.expenses.rules import label
from api.expenses.visible import is_visible
from api.openapi.schema import CompiledSchema
from tests.contract.document import CONTRACT

CATEGORY = CompiledSchema({"pattern": CONTRACT["components"]["schemas"]["Category"]["pattern"]}, {})
IN_CONTEXT = "a \u200d\u200c\ufe0f\u094d\u0915\u0645\u2764\U0001f3f4\U000e0067\u0301"
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from(IN_CONTEXT))
IN_THE_PATTERN = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd")


@pytest.mark.parametrize(
    "text",
    [
        "Food & Drink",
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\U0001f937\U0001f3fd\u200d\u2640\ufe0f",  # a woman who shrugs
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland's flag
        "1\ufe0f\u20e3",  # a keycap
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari, with a joiner
        "\u0d28\u0d4d\u200d",  # Malayalam: the joiner ends the word
        "\u845b\U000e0100",  # an ideograph, with its variant
        "\u05e9\u05dc\u05d5\u05dd",
    ],
)
def test_what_has_an_effect_stays(text: str) -> None:
    assert label(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffFood",
        "Food\u200b",
        "F\u200bo\u2060o\u00add",
        " \u3164Food\u2800 ",
        "\u202eFood\u202c",
        "\u2066Food\u2069",
        "\u200eFood\u200f",
        "Food\u200d",
        "Fo\u200dod",
        "Fo\u200cod",
        "Food\U000e0067",
        "\ufe0fFood",
        "\u115fFood\u1160",
        "Fo\u034fod",
    ],
)
def test_what_shows_nothing_is_removed(text: str) -> None:
    assert label(text) == "Food"


def test_removing_what_is_between_lets_characters_compose() -> None:
    assert label("e\u200b\u0301") == "\u00e9"


@example(" \u200d")
@example("\u05b0\u034f\u094d\u200c\u0915")  # a point that changes places with a virama, which no joiner follows then
@given(ANY_TEXT)
def test_a_label_is_its_own_label(text: str) -> None:
    assert label(label(text)) == label(text)


@given(ANY_TEXT)
def test_only_a_label_that_shows_something_is_left(text: str) -> None:
    assert bool(label(text)) == is_visible(text)


@given(st.text(IN_THE_PATTERN))
@example("\u200b")
def test_the_contract_finds_the_same_characters_visible(text: str) -> None:
    assert CATEGORY.accepts(text) == is_visible(text)
