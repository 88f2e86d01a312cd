"""What a user's data may be: what telephone servers are known to refuse is refused where it is typed (SPEC 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from django.utils.translation import gettext as _

from strapontin.kit.emails import is_email
from strapontin.kit.text import is_visible

# The lengths of wazo-confd's columns. It puts both names into one, as caller id: '"first last"', the quotes included.
NAME_LENGTH = 128
CALLER_ID_LENGTH = 160
BOTH_NAMES_LENGTH = CALLER_ID_LENGTH - len('""')
_EXTENSION = re.compile(r"[0-9*#+]{1,20}")


class Described(Protocol):
    """What is typed about a user."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def extension(self) -> str: ...


def problems_of(user: Described, *, known: Described | None = None) -> Iterator[tuple[str, str]]:
    """What is wrong with a user's data: each a field and a sentence.

    ``known`` is the user as it is now. What stays as it is, is accepted: a stack or an earlier version may have given
    it by rules of its own.
    """
    both_names = user.first_name, user.last_name
    if known is None or both_names != (known.first_name, known.last_name):
        yield from _problems_of_names(*both_names)
    if user.email and (known is None or user.email != known.email) and not is_email(user.email):
        # Django's own words: our translation of them also serves its form of the sign-in.
        yield "email", _("Enter a valid email address.")
    is_new = known is None or user.extension != known.extension
    if user.extension and is_new and not _EXTENSION.fullmatch(user.extension):
        yield "extension", _("An extension has up to 20 digits, *, # or +.")


def _problems_of_names(first_name: str, last_name: str) -> Iterator[tuple[str, str]]:
    if not is_visible(first_name):
        yield "first_name", _("This cannot be empty.")
    names = {"first_name": first_name, "last_name": last_name}
    too_long = [field for field, name in names.items() if len(name) > NAME_LENGTH]
    for field in too_long:
        yield field, _("A name has up to 128 characters.")
    if not too_long and len(f"{first_name} {last_name}".strip()) > BOTH_NAMES_LENGTH:
        yield "last_name", _("First name and last name together have up to 158 characters.")
