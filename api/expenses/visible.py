"""Which characters show something: labels that look alike are the same, and one that is empty is refused.

Unicode calls what shows nothing by itself "default ignorable" (UAX #44, Default_Ignorable_Code_Point); the standard
library does not have that property, so the ranges are here. PRECIS refuses these characters in names altogether (RFC
8264, section 9.13), but emoji, Persian and the scripts of India need some of them between visible characters.
"""

from unicodedata import bidirectional, category, combining

_IGNORABLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors, vowel separator
    (0x200B, 0x200F),  # zero width space, joiners, directional marks
    (0x202A, 0x202E),  # directional embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, directional isolates
    (0x2800, 0x2800),  # braille blank: not ignorable, but blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # zero width no-break space, the byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF0, 0xFFFB),  # interlinear annotation
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
)
_SCATTERED = frozenset(chr(code) for first, last in _IGNORABLE for code in range(first, last + 1))
_JOINERS = frozenset("\u200c\u200d")
_BLACK_FLAG = "\U0001f3f4"
_VIRAMA = 9
"""The combining class of the signs that join the consonants of an Indic script."""


def _is_ignorable(char: str) -> bool:
    return char in _SCATTERED or "\U000e0000" <= char <= "\U000e0fff"  # tags, more variation selectors


def _is_selector(char: str) -> bool:
    return "\u180b" <= char <= "\u180f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007f"


def is_visible(text: str) -> bool:
    """Return whether a string shows anything: a character that is neither space nor ignorable nor a control."""
    return any(not (char.isspace() or _is_ignorable(char) or category(char) == "Cc") for char in text)


def without_invisible(text: str) -> str:
    """Return a string without the characters that show nothing and change nothing about those beside them.

    Kept are a joiner inside emoji, Arabic and Indic words, a variation selector after what it selects, and the tags of
    a flag such as Scotland's. Directional marks go: a page isolates what it displays (`<bdi>`), and so a label can't
    turn around what follows it.
    """
    if text.isascii():
        return text
    kept: list[str] = []
    for position, char in enumerate(text):
        if not _is_ignorable(char) or _has_effect(char, kept[-1:], text[position + 1 : position + 2]):
            kept.append(char)
    return "".join(kept)


def _has_effect(char: str, kept: list[str], after: str) -> bool:
    """Return whether an ignorable character changes what it stands beside: `kept` is the one before, if any."""
    if not kept or kept[0].isspace():
        return False
    before = kept[0]
    if _is_selector(char):
        return not _is_ignorable(before)
    if _is_tag(char):
        return _is_tag(before) or before == _BLACK_FLAG
    return char in _JOINERS and (combining(before) == _VIRAMA or (_joins(before) and is_visible(after)))


def _joins(char: str) -> bool:
    """Return whether a joiner can follow a character: a letter of a joining script, or an emoji."""
    return bidirectional(char) in {"AL", "R"} or category(char) in {"So", "Sk"} or char == "\ufe0f"
