"""One form for each text that people read, whatever the door it came through.

Composed letters (Unicode NFC), single spaces, nothing invisible: two texts that look alike are equal.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

import idna

# Characters that show nothing and change nothing: the soft hyphen, zero-width spaces, byte order marks, reading marks,
# the fillers of Hangul, tags (Unicode's Default_Ignorable_Code_Point, without those of the two patterns below).
_NOTHING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Joiners and variants: within a word of a script that needs them they change how a letter is written.
_JOINERS = re.compile("[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Spaces of any width, and the empty Braille pattern, which shows as one.
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]+")
# Control characters, surrogates, line and paragraph separators, and marks that turn the reading direction.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_CONTROLS_BUT_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
# The first letter of a script that is written with joiners: those before (Latin, Greek, Cyrillic, Armenian) are not.
_FIRST_JOINED = "\u0590"


def tidy(text: str) -> str:
    """A text of one line in its one form. Control characters stay: see :func:`has_controls`."""
    if text.isascii():
        return _SPACES.sub(" ", text).strip()
    text = _NOTHING.sub("", text)
    if _JOINERS.search(text):
        text = "".join(char for n, char in enumerate(text) if not _JOINERS.match(char) or _joins(text, n))
    return _SPACES.sub(" ", normalize("NFC", text)).strip()


def are_plain(texts: str) -> bool:
    """Whether texts with strokes between them surely have their one form, as most in Latin letters have.

    Quicker than to tidy each.
    """
    text = f"|{texts}|"
    # What Python calls printable has no control character, nothing invisible and no space but the usual one.
    if not text.isprintable() or "  " in text or "| " in text or " |" in text:
        return False
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def tidy_lines(text: str) -> str:
    """A text of several lines in its one form: each line tidied, no empty line before or after."""
    return "\n".join(tidy(line) for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


def legible(text: str) -> str:
    """A text that nobody here may refuse, such as a name from a stack: control characters become spaces."""
    return tidy(_CONTROLS.sub(" ", text))


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Whether the text has a control character or turns the reading direction; ``lines`` allows line ends."""
    return (_CONTROLS_BUT_LINES if lines else _CONTROLS).search(text) is not None


def is_visible(text: str) -> bool:
    """Whether a tidied text shows anything: a letter, a digit, a sign. Marks need a letter to stand on."""
    return any(category(char)[0] in "LNPS" or category(char) == "Cn" for char in text)


def email_form(text: str) -> str:
    """An address in its one form: composed letters, and the domain in small letters as people read it.

    A domain written in letters of any script and its ASCII form (IDNA 2008 with the mapping of UTS 46) become one. The
    part before the @ keeps its capitals. What is no address is only tidied.
    """
    local, at, domain = tidy(text).rpartition("@")
    return local + at + _domain(domain) if at else domain


def email_key(text: str) -> str:
    """What two equal addresses have in common: their form without capitals."""
    key = text.casefold()
    return key if key.isascii() and "xn--" not in key else email_form(text).casefold()


def _domain(domain: str) -> str:
    if len(domain) > 253 or (domain.isascii() and "xn--" not in domain.lower()):
        return domain.lower()
    try:
        return idna.decode(idna.encode(domain, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return domain


def _joins(text: str, n: int) -> bool:
    """Whether the joiner or variant at ``n`` stands behind a letter that it can change, within a word."""
    before = text[n - 1] if n else ""
    if not _takes_joiners(before) and not _JOINERS.match(before):
        return False
    if text[n] in "\u200c\u200d":
        after = text[n + 1 : n + 2]
        return _takes_joiners(after)
    return True


def _takes_joiners(char: str) -> bool:
    return char >= _FIRST_JOINED and category(char) in ("Lo", "Lm", "Mn", "Mc", "So", "Sk")
