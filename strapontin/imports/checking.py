"""Rows of texts become users, or problems with their row and column; pure.

The rules of a user's data are those of every other door (:mod:`strapontin.seats.rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.utils import translation

from strapontin.imports.columns import FIELDS, problems_of_columns
from strapontin.imports.problems import Problem
from strapontin.imports.spreadsheets import Sheet
from strapontin.kit.names import sort_key
from strapontin.kit.text import are_plain, email_form, email_key, has_controls
from strapontin.seats.claims import CONTROLS, FORMS
from strapontin.seats.many import ListedUser
from strapontin.seats.rules import problems_of

# So many problems are kept with their row; all are counted.
MOST_KEPT = 1000
# Rows that are looked at together; after each lot the progress is told.
LOT = 1000
_YES = frozenset(("", "yes", "y", "true", "1", "x", "oui", "o", "vrai", "actif", "active", "enabled"))
_NO = frozenset(("no", "n", "false", "0", "non", "faux", "inactif", "inactive", "disabled"))


@dataclass(frozen=True, slots=True)
class Named:
    """A site or a type, or a tenant: ``key`` by which it is stored, and the names that a file may call it."""

    key: str
    names: Sequence[str]


class Directory:
    """Finds things by what a file calls them: their id or code, a name, or a name without its accents and capitals."""

    def __init__(self, things: Sequence[Named]) -> None:
        exact: dict[str, set[str]] = {}
        alike: dict[str, set[str]] = {}
        for thing in things:
            for name in thing.names:
                exact.setdefault(name, set()).add(thing.key)
                alike.setdefault(sort_key(name), set()).add(thing.key)
        self._found = {name: next(iter(keys)) if len(keys) == 1 else None for name, keys in exact.items()}
        self._found |= {thing.key: thing.key for thing in things}
        self._alike = {name: next(iter(keys)) for name, keys in alike.items() if len(keys) == 1}

    def find(self, text: str) -> str | None:
        """The key of the thing; ``None`` if there is none, or if several have this name."""
        if text not in self._found:
            self._found[text] = self._alike.get(sort_key(text.strip()))
        return self._found[text]


@dataclass(frozen=True, slots=True)
class Places:
    """What a row may name: sites, types, and the tenants of each site."""

    sites: Directory
    types: Directory
    tenants: Mapping[UUID, Sequence[Named]]


@dataclass(slots=True)
class Problems:
    """What is wrong with a list: the first problems, and how many there are."""

    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def add(self, problem: Problem) -> None:
        """Counts a problem, and keeps it if there are not too many."""
        self.problem_count += 1
        if len(self.problems) < MOST_KEPT:
            self.problems.append(problem)


@dataclass(slots=True)
class Checked(Problems):
    """The users of a list whose data is right, and what is wrong with the others."""

    users: list[ListedUser] = field(default_factory=list)


def check(sheet: Sheet, fields: Sequence[str], places: Places, *, tell: Callable[[int], None]) -> Checked:
    """Checks each row of a sheet. ``fields`` says what each column is for.

    ``tell`` is called now and then with the number of rows that are done.
    """
    checked = Checked()
    for problem in problems_of_columns(fields):
        checked.add(problem)
    if checked.problems:
        return checked
    checker = _Checker(sheet.heads, fields, places, checked)
    numbered, done = sheet.numbered(), 0
    # The sentences of the rules are kept as the code has them, in English (:class:`Problem`).
    with translation.override("en"):
        while lot := list(islice(numbered, LOT)):
            checker.check(lot)
            done += len(lot)
            tell(done)
    return checked


class _Checker:
    """Checks rows of one sheet, one after the other: an e-mail may stand in it once."""

    def __init__(self, heads: Sequence[str], fields: Sequence[str], places: Places, checked: Checked) -> None:
        self._heads = {field: head for field, head in zip(fields, heads, strict=False) if field}
        self._columns = [fields.index(field) if field in fields else len(fields) for field in FIELDS]
        self._width = len(fields)
        self._places = places
        self._checked = checked
        self._emails: dict[str, int] = {}
        self._site_ids: dict[str, UUID] = {}
        # The row that is being checked, and what is wrong with it.
        self._number = 0
        self._wrong: list[Problem] = []

    def check(self, lot: Sequence[tuple[int, list[str]]]) -> None:
        """Checks some rows."""
        plain = are_plain("|".join(["|".join(row) for _, row in lot]))
        empty = [""] * (self._width + 1)
        for self._number, row in lot:
            self._wrong = []
            # A row may be shorter than the head. What stands beyond the head is left out.
            cells = row[: self._width] + empty[min(len(row), self._width) :]
            user = self._read([cells[column] for column in self._columns], plain)
            if not self._wrong:
                self._checked.users.append(user)
            for problem in self._wrong:
                self._checked.add(problem)

    def _read(self, cells: Sequence[str], plain: bool) -> ListedUser:
        """The user of a row, each text in its one form. Notes what is wrong."""
        first_name, last_name, email, site, type_, extension, enabled, tenant = cells
        if plain:
            email = email_form(email)
        else:
            texts = {"first_name": first_name, "last_name": last_name, "email": email, "extension": extension}
            first_name, last_name, email, extension = (FORMS[field](text) for field, text in texts.items())
            site, type_, tenant = site.strip(), type_.strip(), tenant.strip()
            for field_, text in zip(texts, (first_name, last_name, email, extension), strict=True):
                if has_controls(text):
                    self._note(field_, "invalid", sentence=str(CONTROLS))
        site_id, type_code = self._site(site), self._type(type_)
        is_on = not enabled or self._yes_or_no(enabled)
        tenants = self._places.tenants.get(site_id, ()) if site_id else ()
        tenant_id = self._tenant(tenants, tenant) if tenants or tenant else None
        user = ListedUser(self._number, first_name, last_name, email, extension, is_on, site_id, type_code, tenant_id)
        for field_, sentence in problems_of(user):
            self._note(field_, "invalid", sentence=sentence)
        if email:
            first = self._emails.setdefault(email_key(email), self._number)
            if first != self._number:
                self._note("email", "email_twice", other=first)
        elif tenants:
            self._note("email", "email_required")
        return user

    def _site(self, text: str) -> UUID | None:
        key = self._places.sites.find(text) if text else None
        if key is None:
            self._note_unknown("site", text)
            return None
        return self._site_ids.get(key) or self._site_ids.setdefault(key, UUID(key))

    def _type(self, text: str) -> str | None:
        code = self._places.types.find(text) if text else None
        if code is None:
            self._note_unknown("type", text)
        return code

    def _yes_or_no(self, text: str) -> bool:
        answer = text.strip().lower()
        if answer not in _YES and answer not in _NO:
            self._note("enabled", "yes_or_no")
        return answer in _YES

    def _tenant(self, tenants: Sequence[Named], text: str) -> UUID | None:
        """The tenant in which a user of a site is also created: the one that is named, or the only one."""
        named = [tenant for tenant in tenants if not text or text == tenant.key or text in tenant.names]
        if len(named) == 1:
            return UUID(named[0].key)
        self._note("tenant", "unknown_tenant" if text else "tenant_required")
        return None

    def _note_unknown(self, field_: str, text: str) -> None:
        if text:
            self._note(field_, f"unknown_{field_}", text=text[:100])
        else:
            self._note(field_, "required")

    def _note(self, field_: str, code: str, **facts: str | int) -> None:
        self._wrong.append(Problem(self._number, self._heads.get(field_, ""), field_, code, facts))
