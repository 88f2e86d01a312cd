"""A site: raise and lower its seats, with the effect beside them before anything is confirmed (SPEC 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.access.grants import AllocationManager
from strapontin.access.scope import reveal_nearest_partner
from strapontin.allocations.operations import MAX_QUANTITY
from strapontin.allocations.queries import SiteFigures, returnable, subscriptions
from strapontin.allocations.rules import Change
from strapontin.billing import effects as billing
from strapontin.kit.database import row
from strapontin.refusals import Refusal
from strapontin.web import shapes as s
from strapontin.web.figures import effects
from strapontin.web.figures import seats as figures
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.visit import PageRequest, Visit
from strapontin.web.subscriptions import customer as customers


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
    rows: list[s.AllocationRow] = field(default_factory=list)
    effect: s.Effect | None = None
    unpriced: bool = False
    digest: str = ""
    refusal: s.Note | None = None

    @property
    def token(self) -> str:
        """The digest with the quantities it is about, so that a late one is not taken for another's."""
        return f"{self.digest}~{self._asked()}" if self.digest else ""

    def _asked(self) -> str:
        return ",".join(f"{change.type_code}={change.quantity}" for change in self.changes)

    def confirms(self, token: str) -> str | None:
        """The digest in ``token`` if it was shown for exactly these quantities."""
        digest, _separator, asked = token.partition("~")
        return digest if digest and asked == self._asked() else None


def _open(request: PageRequest, customer_id: UUID, site_id: UUID, typed: QueryDict) -> Sheet:
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    found = subscriptions(grant, settings=visit.settings, at=visit.at)
    site = next((each for each in found.sites if each.site_id == site_id), None)
    if site is None:
        raise Refusal("not_found")
    labels = types()
    sheet = Sheet(visit, grant, site, {each.site_id: each.name for each in found.sites}, labels)
    for code in labels.codes:
        now = str(site.of(code).allocated)
        text = typed.get(code, now).strip()[:9]
        # Only what the reader changed is asked for: asking for the present quantity would withdraw a decrease.
        changed = text != typed.get(f"was-{code}", now)
        sheet.typed[code] = text if changed else now
        if changed and not _mistake(text):
            sheet.changes.append(Change(site_id, code, int(text)))
    return sheet


def _preview(sheet: Sheet) -> None:
    """Fills the sheet with the effect of what can be had, and says what cannot."""
    in_the_way = {c.type_code for c in sheet.changes if _way(sheet, c) > 0}
    possible = [change for change in sheet.changes if change.type_code not in in_the_way]
    entries: list[Any] = []
    visit = sheet.visit
    if possible:
        tried = attempt(
            lambda: billing.preview_changes(sheet.grant, changes=possible, settings=visit.settings, at=visit.at)
        )
        if isinstance(tried, Refusal):
            sheet.refusal = s.Note("stop", tried.sentence, focus=True)
        else:
            entries = tried.entries
            _show(sheet, tried)
            sheet.digest = "" if in_the_way else tried.digest
    elif grants.sees_money(sheet.grant):
        on = billing.next_invoice_date(today=visit.today, settings=visit.settings)
        sheet.effect = effects.unchanged(on, visit.settings.currency)
    sheet.rows = _rows(sheet, entries)


def _show(sheet: Sheet, effect: billing.Effect) -> None:
    sheet.effect = effects.compose(effect, sheet.grant.customer, sheet.types)
    sheet.unpriced = effects.is_unpriced(effect)


def _way(sheet: Sheet, change: Change) -> int:
    now = sheet.site.of(change.type_code)
    return max(0, now.used - change.quantity) if change.quantity < now.allocated else 0


def _rows(sheet: Sheet, entries: list[Any]) -> list[s.AllocationRow]:
    customer, visit = sheet.grant.customer, sheet.visit
    frame = effects.Frame(visit.today, visit.settings.hand_back_days, customer.period_ends_on, sheet.site_names)
    raised = returnable(sheet.grant, settings=visit.settings, at=visit.at) if entries else []
    users_url = ""
    if sheet.grant.actor.holds("users"):
        users_url = reverse("users", args=[customer.id]) + f"?site={sheet.site.site_id}"
    asked = {change.type_code: change for change in sheet.changes}
    rows = []
    for label in sheet.types:
        now = figures.of_type(sheet.site.of(label.code), sheet.types)
        mine = [e for e in entries if e.site_id == sheet.site.site_id and e.type_code == label.code]
        change = asked.get(label.code)
        rows.append(
            s.AllocationRow(
                figures=now,
                name=label.code,
                wanted=sheet.typed[label.code],
                consequences=effects.consequences(
                    mine, now, frame, [each for each in raised if each["type_code"] == label.code]
                ),
                in_the_way=_way(sheet, change) if change else 0,
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


def _context(sheet: Sheet, request: PageRequest) -> dict[str, Any]:
    customer = sheet.grant.customer
    keys = [customer.id, sheet.site.site_id]
    first = next((label.code for label in sheet.types if label.code in request.GET), sheet.types.codes[0])
    customer_url = reverse("customer", args=[customer.id])
    return {
        "site": sheet.site.name,
        "customer": customers.head(customer),
        "crumbs": customers.crumbs(True, s.Link(customer.name, customer_url), scope=request.actor.scope),
        "rows": sheet.rows,
        "effect": sheet.effect,
        "unpriced": sheet.unpriced,
        "partner": partner_name(request) if sheet.effect is None and not sheet.unpriced else "",
        "digest": sheet.token,
        "changes": len(sheet.changes),
        "refused": sum(bool(row.error or row.in_the_way) for row in sheet.rows),
        "refusal": sheet.refusal,
        "save_url": reverse("allocation", args=keys),
        "preview_url": reverse("allocation_effect", args=keys),
        "back_url": customer_url,
        "move_url": reverse("move", args=keys) if len(sheet.site_names) > 1 else "",
        "focus": first,
    }


def partner_name(request: PageRequest) -> str:
    """The name of the partner that invoices a customer's administrator."""
    reveal_nearest_partner(request.actor)
    found = row("SELECT name FROM partner WHERE id = nullif(current_setting('app.nearest', true), '')::uuid")
    return str(found["name"]) if found else ""


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The quantities of a site. Posted without ``confirm`` the effect is shown; with it, the change is made."""
    if request.method == "POST":
        sheet = _open(request, customer_id, site_id, request.POST)
        if "confirm" in request.POST:
            return _confirm(request, sheet)
        status = 200
    else:
        sheet, status = _open(request, customer_id, site_id, request.GET), 200
    _preview(sheet)
    return _answer(request, sheet, status)


def _answer(request: PageRequest, sheet: Sheet, status: int) -> HttpResponse:
    in_dialog = bool(request.htmx) and request.htmx.target == "sheet"
    template = "subscriptions/allocation_sheet.html" if in_dialog else "subscriptions/allocation.html"
    return page(request, template, _context(sheet, request), status=status)


def _confirm(request: PageRequest, sheet: Sheet) -> HttpResponse:
    invalid = any(_mistake(text) for text in sheet.typed.values()) or any(_way(sheet, c) for c in sheet.changes)
    digest = sheet.confirms(request.POST.get("digest", ""))
    if invalid or not sheet.changes or digest is None:
        _preview(sheet)
        if not invalid and sheet.changes and sheet.refusal is None:
            sheet.refusal = s.Note("info", _("This is the effect of what you typed. Confirm it to save."), focus=True)
        return _answer(request, sheet, 422 if invalid else 200)
    visit = sheet.visit
    tried = attempt(
        lambda: billing.confirm_changes(
            sheet.grant, changes=sheet.changes, settings=visit.settings, at=visit.at, digest=digest
        )
    )
    if isinstance(tried, Refusal):
        fresh = _open(request, sheet.grant.customer.id, sheet.site.site_id, request.POST)
        _preview(fresh)
        kind: s.NoteKind = "warn" if tried.code == "preview_outdated" else "stop"
        fresh.refusal = s.Note(kind, tried.sentence, _("These are the new ones.") if kind == "warn" else "", focus=True)
        return _answer(request, fresh, tried.status)
    count = len(sheet.changes)
    title = ngettext("%(count)s change saved at %(site)s.", "%(count)s changes saved at %(site)s.", count)
    said = effects.sentences(_rows(sheet, tried.entries))
    url = reverse("customer", args=[sheet.grant.customer.id])
    return Done(url, title % {"count": count, "site": sheet.site.name}, said)


@post_only
def effect(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The effect of what is being typed, for htmx: the same fragments as on the page."""
    sheet = _open(request, customer_id, site_id, request.POST)
    _preview(sheet)
    return page(request, "subscriptions/_allocation_preview.html", _context(sheet, request))


@require_safe
def hand_back(request: PageRequest, customer_id: UUID, site_id: UUID, type_code: str) -> HttpResponse:
    """The same sheet with the quantity already lowered by the seats that can be handed back."""
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    found = subscriptions(grant, settings=visit.settings, at=visit.at, site_id=site_id)
    if not found.sites:
        raise Refusal("not_found")
    now = found.sites[0].of(type_code)
    # The link may be an old one: what it offered may be handed back by now, or too late.
    raised = returnable(grant, settings=visit.settings, at=visit.at)
    left = sum(each["seats"] for each in raised if (each["site_id"], each["type_code"]) == (site_id, type_code))
    seats = min(whole_number(request.GET.get("seats", "")) or 0, left)
    typed = QueryDict(mutable=True)
    typed[type_code] = str(max(now.used, now.allocated - seats) if seats else now.allocated)
    sheet = _open(request, customer_id, site_id, typed)
    if type_code not in sheet.types.codes:
        raise Refusal("not_found")
    _preview(sheet)
    if not left:
        gone = _("These seats have been handed back already, or their days are over.")
        sheet.refusal = s.Note("info", gone, focus=True)
    return _answer(request, sheet, 200)
