"""What the command line says, in the language of the user's environment.

Its sentences are needed before Django and its translations are there. So they stand in two tables, ``english`` and
``french``.
"""

from __future__ import annotations

import os

from strapontin.cli.english import ENGLISH
from strapontin.cli.french import FRENCH


class Refused(Exception):  # noqa: N818 - as the product's Refusal: an answer, not a fault
    """Why a command does not run, as the code of a sentence and the values in it."""

    def __init__(self, code: str, /, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(ENGLISH[code].format(**details))


def language() -> str:
    """``fr`` or ``en``, by the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def say(code: str, /, **details: object) -> str:
    """The sentence of ``code`` in the user's language."""
    sentences = FRENCH if language() == "fr" else ENGLISH
    return sentences[code].format(**details)
