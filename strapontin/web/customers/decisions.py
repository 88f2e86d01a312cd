"""Decisions about a customer's term and life, each with its effect, asked before they are made (SPEC 3, 4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from strapontin.access.grants import CustomerEditor, CustomerFacts, TermEditor
from strapontin.billing.effects import Effect
from strapontin.customers.life import preview_change, preview_reactivation
from strapontin.customers.queries import Site
from strapontin.cycles.rules import boundary_after
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal, day_in_words
from strapontin.web import format as fmt
from strapontin.web.customers.shapes import Decision
from strapontin.web.figures import effects
from strapontin.web.frame.labels import Types


def months_in_words(months: int) -> str:
    """ "12 months"."""
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def term_decision(visit: Visit, grant: TermEditor, types: Types, months: int) -> tuple[Decision, str]:
    """Another term from the next period on, or the present one after all; with the digest of its effect."""
    customer = grant.customer
    effect = preview_change(grant, changes={"term_months": months}, settings=visit.settings, at=visit.at)
    present = months_in_words(customer.term_months)
    dates = {
        "months": months_in_words(months),
        "present": present,
        "on": day_in_words(customer.period_ends_on),
        "last": day_in_words(fmt.last_day(customer.period_ends_on)),
    }
    if months == customer.term_months:
        title = _("Stay at %(months)s") % dates
        sentences = [_("The change of term is withdrawn.")]
    else:
        title = _("Change to %(months)s on %(on)s") % dates
        sentences = [
            _("The present term, %(present)s, runs until %(last)s inclusive: until then you can withdraw the change.")
            % dates
        ]
    decision = Decision(
        title=title,
        sentences=sentences,
        label=title,
        style="primary",
        url=reverse("customer_term", args=[customer.id]),
        tick="" if months == customer.term_months else _commitment(customer, months, effect),
        fields=[("term_months", str(months))],
        **_shown(visit, grant, effect, types),
    )
    return decision, effect.digest


def cancellation(visit: Visit, grant: TermEditor, types: Types) -> tuple[Decision, str]:
    """The end of the customer with its running period."""
    customer = grant.customer
    effect = preview_change(grant, changes={"cancel_at_end_of_period": True}, settings=visit.settings, at=visit.at)
    dates = {"on": day_in_words(customer.period_ends_on), "last": day_in_words(fmt.last_day(customer.period_ends_on))}
    decision = Decision(
        title=_("End this customer on %(on)s?") % dates,
        sentences=[
            _("The term runs until %(last)s inclusive. Until then nothing changes, and you can take this back.")
            % dates,
            _("On %(on)s the seats are revoked and nothing more is invoiced. The users stay listed; none can be added.")
            % dates,
        ],
        label=_("End the customer on %(on)s") % dates,
        style="stop",
        url=reverse("customer_cancellation", args=[customer.id]),
        **_shown(visit, grant, effect, types),
    )
    return decision, effect.digest


def reactivation(visit: Visit, grant: TermEditor, types: Types, months: int) -> tuple[Decision, str]:
    """A new beginning today, for a term of so many months, with the seats that were revoked."""
    customer = grant.customer
    effect = preview_reactivation(grant, term_months=months, settings=visit.settings, at=visit.at)
    seats: dict[str, int] = {}
    for entry in effect.entries:
        seats[entry.type_code] = seats.get(entry.type_code, 0) + entry.delta
    sentences = [
        ngettext("%(seats)s %(type)s seat comes back.", "%(seats)s %(type)s seats come back.", count)
        % {"seats": count, "type": types[code].name}
        for code, count in seats.items()
    ] or [_("There was no seat to come back.")]
    if seats and (days := visit.settings.hand_back_days):
        sentences.append(
            ngettext(
                "What is too much can be handed back for %(days)s day.",
                "What is too much can be handed back for %(days)s days.",
                days,
            )
            % {"days": days}
        )
    decision = Decision(
        title=_("Reactivate this customer today?"),
        sentences=[_("A new cycle begins today, and users can be added again."), *sentences],
        label=_("Reactivate for %(months)s") % {"months": months_in_words(months)},
        style="primary",
        url=reverse("customer_reactivation", args=[customer.id]),
        fields=[("term_months", str(months))],
        **_shown(visit, grant, effect, types),
    )
    return decision, effect.digest


def resale(visit: Visit, grant: CustomerEditor, types: Types) -> tuple[Decision, str]:
    """Not for resale from now on, or for resale again."""
    customer = grant.customer
    wanted = not customer.not_for_resale
    effect = preview_change(grant, changes={"not_for_resale": wanted}, settings=visit.settings, at=visit.at)
    dates = {"on": day_in_words(customer.period_ends_on)}
    if wanted:
        title, label = _("Set this customer not for resale?"), _("Set not for resale")
        sentences = [
            _("From now on it has no limit of seats, and is left out of sums."),
            _("Its running period stays invoiced; from %(on)s on it is left out of invoices.") % dates,
        ]
    else:
        title, label = _("Sell to this customer again?"), _("Set for resale")
        sentences = [
            _("From now on a user needs a free seat, and its seats count in the sums."),
            _("They are invoiced from %(on)s on.") % dates,
        ]
    decision = Decision(
        title=title,
        sentences=sentences,
        label=label,
        style="primary",
        url=reverse("customer_resale", args=[customer.id]),
        fields=[("not_for_resale", "yes" if wanted else "")],
        **_shown(visit, grant, effect, types),
    )
    return decision, effect.digest


def unlimited(visit: Visit, grant: CustomerEditor) -> Decision:
    """Unlimited until its date, or no longer. Raises ``unlimited_retired`` from that date on."""
    customer, until = grant.customer, visit.settings.seats_enforced_from
    dates = {"on": day_in_words(until)}
    if not customer.unlimited and visit.today >= until:
        raise Refusal("unlimited_retired", date=until)
    if not customer.unlimited:
        title, label = _("Set this customer unlimited?"), _("Set unlimited")
        sentences = [
            _("Users are added without a free seat until %(on)s. From that day on, the mark has no effect.") % dates
        ]
    else:
        title, label = _("Take the mark “unlimited” off this customer?"), _("Take the mark off")
        sentences = [_("From %(on)s on, every user needs a free seat, with or without this mark.") % dates]
    return Decision(
        title=title,
        sentences=sentences,
        label=label,
        style="primary",
        url=reverse("customer_unlimited", args=[customer.id]),
        fields=[("unlimited", "" if customer.unlimited else "yes")],
    )


def removal_of_customer(customer: CustomerFacts) -> Decision:
    """A customer that was made by mistake goes."""
    return Decision(
        title=_("Remove this customer?"),
        sentences=[
            _("Only a customer that was made by mistake can be removed: without seats, users, servers or invoices."),
            _("Its sites go with it. This cannot be undone."),
        ],
        label=_("Remove the customer"),
        style="stop",
        url=reverse("customer_removal", args=[customer.id]),
    )


def removal_of_site(site: Site, url: str) -> Decision:
    """A site that was made by mistake goes."""
    return Decision(
        title=_("Remove the site %(name)s?") % {"name": site.name},
        sentences=[
            _("Only a site that was made by mistake can be removed: one that never had seats, users or servers."),
            _("This cannot be undone."),
        ],
        label=_("Remove the site"),
        style="stop",
        url=url,
    )


def _commitment(customer: CustomerFacts, months: int, effect: Effect) -> str:
    """What one agrees to with another term."""
    ends_on = boundary_after(customer.period_ends_on, term_months=months, anchor_day=customer.anchor_day)
    last = day_in_words(fmt.last_day(ends_on))
    invoice = effect.next_invoice
    lines = [line for line in invoice.lines if line.period_starts_on == customer.period_ends_on] if invoice else []
    if invoice is None or not lines or invoice.net is None:
        return _("Commit this customer until %(last)s inclusive.") % {"last": last}
    amount = sum((line.amount for line in lines if line.amount is not None), Decimal("0.00"))
    return _("Commit this customer until %(last)s inclusive, %(amount)s without tax invoiced in advance.") % {
        "last": last,
        "amount": fmt.money(amount, invoice.currency, language=get_language() or "en"),
    }


def _shown(visit: Visit, grant: CustomerEditor, effect: Effect, types: Types) -> dict[str, Any]:
    """The effect as the component shows it."""
    composed, unpriced = effects.compose(effect, grant.customer, types), effects.is_unpriced(effect)
    return {
        "shows_effect": True,
        "effect": composed,
        "unpriced": unpriced,
        "partner": effects.invoicing_partner(visit.actor) if composed is None and not unpriced else "",
    }
