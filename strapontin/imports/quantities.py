"""A table of wanted quantities becomes changes of each customer, or problems with their row and column.

A row names a customer, a site and a type by id, code or name, and the seats wanted. It changes nothing if these are as
many as the file says, or as there are, by now. What a row means stands in the file alone: columns that are for nothing
are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from strapontin.access.grants import OverviewReader
from strapontin.access.scope import as_billing
from strapontin.allocations.operations import MAX_QUANTITY
from strapontin.allocations.rules import Change, Place, Quantities, refuse_below_use
from strapontin.catalogue.queries import subscription_types
from strapontin.imports.checking import Directory, Named, Problems
from strapontin.imports.columns import Vocabulary, guess, problems_of_columns
from strapontin.imports.problems import Problem, plain_facts
from strapontin.imports.spreadsheets import Sheet
from strapontin.kit.database import rows_of
from strapontin.kit.names import sort_key
from strapontin.refusals import Refusal

FIELDS = ("customer_id", "customer", "site_id", "site", "type", "allocated", "quantity")
ALLOCATIONS = Vocabulary(
    fields=FIELDS,
    required=("type", "quantity"),
    heads={
        "customer_id": "identifiant du client, id client, id du client, customer id",
        "customer": "client, nom du client, customer, customer name",
        "site_id": "identifiant du site, id site, id du site, site id",
        "site": "site, nom du site, site name",
        "type": "type, type de souscription, souscription, subscription type, subscription",
        "allocated": "alloues, sieges alloues, allocated, seats allocated",
        "quantity": "voulus, sieges voulus, quantite, quantite voulue, wanted, seats wanted, quantity",
    },
)
# Customers that one change may be about: all of them are locked at the same time.
MOST_CUSTOMERS = 500

_WHOLE = re.compile(r"[0-9]{1,7}")
_SPACES = re.compile(r"\s")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CUSTOMERS = """
SELECT id, name, client_id FROM customer
 WHERE id = ANY (%(ids)s::uuid[]) OR sort_key = ANY (%(keys)s) OR client_id <> '' AND client_id = ANY (%(names)s)
"""
_SITES = "SELECT customer_id, id, name FROM site WHERE customer_id = ANY (%s::uuid[])"
_BALANCES = """
SELECT customer_id, site_id, type_code, allocated, next_cycle, used FROM balance WHERE customer_id = ANY (%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that changes something: its number, and the change."""

    number: int
    change: Change


@dataclass(slots=True)
class Wanted(Problems):
    """What a file asks for: the rows of each customer, in the order of their ids, and what is wrong."""

    rows: int = 0
    unchanged: int = 0
    customers: dict[UUID, list[Row]] = field(default_factory=dict)
    # The column of the quantities, as it stands in the file.
    head: str = ""

    def refuse(self, customer_id: UUID, refusal: Refusal) -> None:
        """Notes why the changes of a customer are refused, at the row that the refusal is about."""
        rows = self.customers[customer_id]
        place = (refusal.facts.get("site"), refusal.facts.get("type"))
        row = next((row for row in rows if row.change.place == place), rows[0])
        facts = plain_facts(refusal)
        if refusal.code == "invalid":
            facts = {"sentence": str(facts["explanation"])}
        self.add(Problem(row.number, self.head, "quantity", refusal.code, facts))


@dataclass(frozen=True, slots=True)
class _Customer:
    id: UUID
    name: str
    client_id: str


@dataclass(frozen=True, slots=True)
class _Site:
    customer_id: UUID
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class _Balance:
    customer_id: UUID
    site_id: UUID
    type_code: str
    allocated: int
    next_cycle: int
    used: int


def read_quantities(_grant: OverviewReader, sheet: Sheet) -> Wanted:
    """What a table asks for, compared with the scope as it stands. Raises ``too_many_customers``.

    What lies outside the scope is unknown, as if it did not exist.
    """
    fields = guess(sheet.heads, {}, ALLOCATIONS)
    wanted = Wanted(rows=sum(1 for _ in sheet.numbered()))
    for problem in problems_of_columns(fields, ALLOCATIONS):
        wanted.add(problem)
    for name in ("customer", "site"):
        if name not in fields and f"{name}_id" not in fields:
            wanted.add(Problem(None, "", name, "column_missing"))
    if not wanted.problem_count:
        _Reader(sheet, fields, wanted).read()
    if len(wanted.customers) > MOST_CUSTOMERS:
        raise Refusal("too_many_customers", customers=len(wanted.customers), most=MOST_CUSTOMERS)
    wanted.customers = dict(sorted(wanted.customers.items()))
    return wanted


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, sheet: Sheet, fields: Sequence[str], wanted: Wanted) -> None:
        self._wanted = wanted
        self._heads = {name: head for name, head in zip(fields, sheet.heads, strict=False) if name}
        wanted.head = self._heads["quantity"]
        places = [(name, place) for place, name in enumerate(fields) if name]
        self._rows = [
            (number, {name: row[place].strip() if place < len(row) else "" for name, place in places})
            for number, row in sheet.numbered()
        ]
        self._seen: dict[tuple[UUID, Place], int] = {}

    def read(self) -> None:
        """Reads all rows. One statement looks up all customers, one all sites, one all balances."""
        self._customers = _customers_named({_named(row, "customer") for _, row in self._rows})
        customer_ids = {id_ for _, row in self._rows if (id_ := self._customers.find(_named(row, "customer")))}
        with as_billing():
            # Row level security shows the sites of one customer at a time. These customers are in the scope.
            sites = rows_of(_Site, _SITES, [list(customer_ids)])
            balances = rows_of(_Balance, _BALANCES, [list(customer_ids)])
        self._sites = _directories(sites)
        self._types = Directory([Named(type_.code, [type_.name_fr, type_.name_en]) for type_ in subscription_types()])
        self._balances = {(b.site_id, b.type_code): Quantities(b.allocated, b.next_cycle, b.used) for b in balances}
        for number, row in self._rows:
            self._read_row(number, row)

    def _read_row(self, number: int, row: Mapping[str, str]) -> None:
        customer = self._find(number, row, "customer", self._customers)
        site = self._find(number, row, "site", self._sites.get(customer, Directory([]))) if customer else None
        type_code = self._find(number, row, "type", self._types)
        quantity = _whole(row["quantity"])
        if quantity is None:
            self._note(number, "quantity", "no_quantity")
        if customer is None or site is None or type_code is None or quantity is None:
            return
        change = Change(UUID(site), type_code, quantity)
        first = self._seen.setdefault((UUID(customer), change.place), number)
        if first != number:
            self._note(number, "quantity", "place_twice", other=first)
        elif self._is_change(number, change, row.get("allocated", "")):
            self._wanted.customers.setdefault(UUID(customer), []).append(Row(number, change))

    def _is_change(self, number: int, change: Change, told: str) -> bool:
        """Whether a row changes something and may do so. ``told`` is what the file says to be allocated."""
        now = self._balances.get(change.place, Quantities())
        if change.quantity == (_whole(told) if told else None) or change.quantity == now.allocated == now.next_cycle:
            self._wanted.unchanged += 1
            return False
        if told and _whole(told) != now.allocated:
            self._note(number, "quantity", "quantity_changed", allocated=now.allocated)
            return False
        try:
            refuse_below_use(change, now)
        except Refusal as refusal:
            self._note(number, "quantity", refusal.code, **plain_facts(refusal))
            return False
        return True

    def _find(self, number: int, row: Mapping[str, str], name: str, directory: Directory) -> str | None:
        text = _named(row, name)
        key = directory.find(text) if text else None
        if key is None:
            column = f"{name}_id" if row.get(f"{name}_id") else name
            if text:
                self._note(number, column, f"unknown_{name}", text=text[:100])
            else:
                self._note(number, column, "required")
        return key

    def _note(self, number: int, name: str, code: str, **facts: object) -> None:
        self._wanted.add(Problem(number, self._heads.get(name, ""), name, code, facts))


def _named(row: Mapping[str, str], name: str) -> str:
    """How a row names a customer, a site or a type: by its id, if it has one."""
    text = row.get(f"{name}_id") or row.get(name, "")
    return text.lower() if _ID.fullmatch(text) else text


def _whole(text: str) -> int | None:
    """The quantity that a text is, with or without spaces between thousands; ``None`` if it is none."""
    digits = _SPACES.sub("", text)
    quantity = int(digits) if _WHOLE.fullmatch(digits) else MAX_QUANTITY + 1
    return quantity if quantity <= MAX_QUANTITY else None


def _customers_named(names: Iterable[str]) -> Directory:
    """The customers of the scope that have these ids, names or client ids."""
    texts = [name for name in names if name]
    values = {
        "ids": [text for text in texts if _ID.fullmatch(text)],
        "keys": [sort_key(text) for text in texts],
        "names": texts,
    }
    customers = rows_of(_Customer, _CUSTOMERS, values)
    return Directory([Named(str(c.id), [c.name, *([c.client_id] if c.client_id else [])]) for c in customers])


def _directories(sites: Iterable[_Site]) -> dict[str, Directory]:
    """The sites of each customer."""
    named: defaultdict[UUID, list[Named]] = defaultdict(list)
    for site in sites:
        named[site.customer_id].append(Named(str(site.id), [site.name]))
    return {str(customer_id): Directory(things) for customer_id, things in named.items()}
