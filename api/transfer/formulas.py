"""Strings that a spreadsheet would run as formulas, made harmless in CSV and restored exactly. Pure functions.

A spreadsheet takes a cell for a formula by how it begins; an apostrophe before it makes it plain text. A string that
has apostrophes before the formula already gets one more, so that each string has a cell of its own.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

_FORMULA = "(?:[ \xa0\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
"""How a formula begins: some take full-width signs, spaces before, and what follows a tab or a line break, too."""
_HARMFUL = re.compile(f"'*{_FORMULA}")
_HARMLESS = re.compile(f"'+{_FORMULA}")


def neutralized(text: str) -> str:
    """Return a string as it may stand in a cell: `=1+1` becomes `'=1+1`, and `'=1+1` becomes `''=1+1`."""
    return f"'{text}" if _HARMFUL.match(text) else text


def restored(cell: str) -> str:
    """Return the string of a cell: `'=1+1` becomes `=1+1`; any other apostrophe stays."""
    return cell[1:] if _HARMLESS.match(cell) else cell
