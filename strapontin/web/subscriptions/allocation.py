"""A site whose seats are being changed: what stands, what was typed, and what that would do (SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.allocations.operations import MAX_QUANTITY
from strapontin.allocations.queries import returnable
from strapontin.allocations.rules import Change, Entry
from strapontin.billing import effects as billing
from strapontin.billing.queries import unit_prices
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.doors.visit import Visit
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal
from strapontin.web.figures import effects, seats
from strapontin.web.figures.shapes import Effect
from strapontin.web.frame.answers import attempt
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.offers import ask_for
from strapontin.web.frame.shapes import Action, Note
from strapontin.web.subscriptions.confirmation import digest_in, token_of
from strapontin.web.subscriptions.consequences import Calendar, consequences
from strapontin.web.subscriptions.shapes.allocation import Act, AllocationRow


@dataclass(slots=True)
class Sheet:
    """One site being changed: what stands, what was typed, and what that would do."""

    visit: Visit
    grant: AllocationManager
    site: SiteFigures
    site_names: dict[UUID, str]
    types: Types
    typed: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    rows: list[AllocationRow] = field(default_factory=list)
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    refusal: Note | None = None
    # Made before the figures were read: what the ledger has after it, the reader has not seen.
    seen: str = ""
    # The quantities that more than double and about which the form has asked.
    asked: str = ""

    @property
    def token(self) -> str:
        """The token by which a form confirms what was shown."""
        return token_of(self.digest, self._quantities())

    def _quantities(self) -> str:
        return ",".join(f"{change.type_code}={change.quantity}" for change in self.changes)

    def confirms(self, token: str) -> str | None:
        """The digest in ``token`` if it was shown for exactly this change."""
        return digest_in(token, self._quantities())

    @property
    def invalid(self) -> bool:
        """Whether a typed quantity is refused."""
        mistyped = any(_mistake(text) for text in self.typed.values())
        return mistyped or any(self.in_the_way(change) for change in self.changes)

    @property
    def act(self) -> Act:
        """What the main button does."""
        return Act.of(consequence for row in self.rows for consequence in row.consequences)

    @property
    def doubled(self) -> list[Change]:
        """The changes that more than double the seats of a type that has some: asked again, they may be mistyped."""
        return [change for change in self.changes if change.quantity > 2 * self._present(change.type_code) > 0]

    def _present(self, type_code: str) -> int:
        now = self.site.of(type_code)
        return max(now.allocated, now.used)

    @property
    def doubled_token(self) -> str:
        """Stands for the quantities that more than double; a form that has asked about these carries it."""
        return ",".join(f"{change.type_code}={change.quantity}" for change in self.doubled)

    def in_the_way(self, change: Change) -> int:
        """How many users keep the seats from being lowered to the quantity."""
        now = self.site.of(change.type_code)
        return max(0, now.used - change.quantity) if change.quantity < now.allocated else 0


def open_sheet(visit: Visit, customer_id: UUID, site_id: UUID, typed: Mapping[str, str]) -> Sheet:
    """The site with what was typed, by the code of each type.

    ``typed`` is the query of an address or a form posted. A type without a quantity in it stays as it is.
    """
    seen = typed.get("seen") or str(new_id())
    grant = grants.allocation_manager(visit.actor, customer_id)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    site = next((site for site in sites if site.site_id == site_id), None)
    if site is None:
        raise Refusal("not_found")
    labels = types()
    sheet = Sheet(
        visit,
        grant,
        site,
        {site.site_id: site.name for site in sites},
        labels,
        seen=seen,
        asked=typed.get("doubled", ""),
    )
    for code in labels.codes:
        now = str(site.of(code).allocated)
        text = typed.get(code, now).strip()[:9]
        # Only what the reader changed becomes a change: the present quantity would withdraw a decrease.
        changed = text != typed.get(f"was-{code}", now)
        sheet.typed[code] = text if changed else now
        if changed and not _mistake(text):
            sheet.changes.append(Change(site_id, code, int(text)))
    return sheet


def preview(sheet: Sheet) -> None:
    """Fills the sheet with the effect of the possible changes, and says which are not possible."""
    in_the_way = {change.type_code for change in sheet.changes if sheet.in_the_way(change)}
    possible = [change for change in sheet.changes if change.type_code not in in_the_way]
    entries: Iterable[Entry] = ()
    visit = sheet.visit
    effect: billing.Effect | Refusal | None = None
    if possible:
        effect = attempt(
            lambda: billing.preview_changes(sheet.grant, changes=possible, settings=visit.settings, at=visit.at)
        )
        if isinstance(effect, Refusal):
            sheet.refusal = Note("stop", effect.sentence, actions=_offers(sheet, effect), focus=True)
        else:
            entries = effect.entries
            prices = unit_prices(sheet.grant) if effect.next_invoice else {}
            sheet.effect = effects.compose(effect, sheet.grant.customer, sheet.types, prices=prices)
            sheet.unpriced = effects.is_unpriced(effect)
            sheet.digest = "" if in_the_way else effect.digest
    if not isinstance(effect, billing.Effect):
        sheet.effect = effects.unchanged(sheet.grant, today=visit.today, settings=visit.settings)
    sheet.rows = rows_of_types(sheet, entries)


def _offers(sheet: Sheet, refusal: Refusal) -> list[Action]:
    """What is above the customer's limits can be asked for."""
    if refusal.code != "above_limit":
        return []
    added = {change.place: change.quantity - sheet.site.of(change.type_code).allocated for change in sheet.changes}
    raised = {place: seats for place, seats in added.items() if seats > 0}
    return ask_for(sheet.grant.customer.id, raised, sheet.site_names)


def rows_of_types(sheet: Sheet, entries: Iterable[Entry]) -> list[AllocationRow]:
    """Each type of the site, with what ``entries`` of the ledger do or would do to it."""
    entries = [entry for entry in entries if entry.site_id == sheet.site.site_id]
    customer, visit = sheet.grant.customer, sheet.visit
    calendar = Calendar(visit.today, visit.settings.hand_back_days, customer.period_ends_on, sheet.site_names)
    raised = returnable(sheet.grant, settings=visit.settings, at=visit.at)
    users_url = ""
    if sheet.grant.actor.holds("users"):
        users_url = reverse("users", args=[customer.id]) + f"?site={sheet.site.site_id}"
    changes = {change.type_code: change for change in sheet.changes}
    rows = []
    for label in sheet.types:
        figures = seats.of_type(sheet.site.of(label.code), sheet.types)
        of_type = [entry for entry in entries if entry.type_code == label.code]
        raised_of_type = [raising for raising in raised if raising.type_code == label.code]
        change = changes.get(label.code)
        rows.append(
            AllocationRow(
                figures=figures,
                name=label.code,
                typed=sheet.typed[label.code],
                consequences=consequences(of_type, figures, calendar, raised_of_type, sheet.site.site_id),
                in_the_way=sheet.in_the_way(change) if change else 0,
                error=_mistake(sheet.typed[label.code]),
                users_url=users_url,
            )
        )
    return rows


def _mistake(text: str) -> str:
    quantity = whole_number(text)
    if quantity is not None and quantity <= MAX_QUANTITY:
        return ""
    return _("Type a whole number of seats, up to one million.")
