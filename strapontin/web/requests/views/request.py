"""One request: priced for those who decide, with dates and the answer for the one who asked (SPEC 5)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.access.grants import RequestParty
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.refusals import Refusal
from strapontin.requests import operations, queries
from strapontin.requests.queries import SeatRequest
from strapontin.web.figures import effects, seats
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import sentence
from strapontin.web.frame.helpers import helpers_of
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest
from strapontin.web.requests.pricing import Priced, price
from strapontin.web.requests.shapes import AskedPerson, AskedSite, RequestPage
from strapontin.web.requests.words import Names, headline, reach_in_words, seats_in_words


@require_safe
def show_request(request: PageRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """The request. That the one who asked has seen the answer is noted."""
    party = grants.request_party(request.actor, customer_id)
    queries.note_answer_seen(party, request_id=request_id, at=request.visit.at)
    return _show(request, party, request_id)


@post_only
def approve_request(request: PageRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Allocates what is missing and creates the users, exactly as shown; or shows what changed meanwhile."""
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    digest = request.POST.get("digest", "")
    return _answer(
        request,
        customer_id,
        request_id,
        lambda: operations.approve(grant, request_id=request_id, settings=visit.settings, at=visit.at, digest=digest),
        title=_("The request is accepted."),
    )


@post_only
def decline_request(request: PageRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Declines, with the reason that the one who asked will read."""
    grant = grants.allocation_manager(request.actor, customer_id)
    reason = request.POST.get("reason", "")
    return _answer(
        request,
        customer_id,
        request_id,
        lambda: operations.decline(grant, request_id=request_id, reason=reason, at=request.visit.at),
        title=_("The request is declined."),
    )


@post_only
def withdraw_request(request: PageRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Takes the request back."""
    party = grants.request_party(request.actor, customer_id)
    return _answer(
        request,
        customer_id,
        request_id,
        lambda: operations.withdraw(party, request_id=request_id, at=request.visit.at),
        title=_("The request is withdrawn."),
    )


@post_only
def remind_of_request(request: PageRequest, customer_id: UUID, request_id: UUID) -> HttpResponse:
    """Has those who may decide written to once more."""
    visit = request.visit
    party = grants.request_party(request.actor, customer_id)
    return _answer(
        request,
        customer_id,
        request_id,
        lambda: operations.remind(party, request_id=request_id, settings=visit.settings, at=visit.at),
        title=_("A reminder is on its way."),
    )


def _answer(
    request: PageRequest, customer_id: UUID, request_id: UUID, work: Callable[[], object], *, title: str
) -> HttpResponse:
    """Leads back to the request; a refusal is shown on it, with the figures of this moment."""
    done = attempt(work)
    if not isinstance(done, Refusal):
        return Done(reverse("request", args=[customer_id, request_id]), title)
    if done.code in ("already_decided", "reminded_today"):
        return Done(reverse("request", args=[customer_id, request_id]), done.sentence, level=messages.WARNING)
    if done.code in ("not_found", "role_missing"):
        raise done
    party = grants.request_party(request.actor, customer_id)
    outdated = done.code == "preview_outdated"
    body = _("The effect is now as follows.") if outdated else ""
    note = Note("warn" if outdated else "stop", sentence(done), body, focus=True)
    return _show(request, party, request_id, note=note, status=done.status)


def _show(
    request: PageRequest, party: RequestParty, request_id: UUID, *, note: Note | None = None, status: int = 200
) -> HttpResponse:
    asked = queries.request_of(party, request_id=request_id)
    context = {
        "asked": _compose(request, party, asked),
        "crumbs": [Link(_("Requests"), reverse("requests"))],
        "note": note,
        "reason": request.POST.get("reason", ""),
    }
    return page(request, "requests/request.html", context, status=status)


def _compose(request: PageRequest, party: RequestParty, asked: SeatRequest) -> RequestPage:
    actor, customer, labels = request.actor, party.customer, types()
    decides = asked.is_open and actor.holds("subscriptions")
    manages = asked.is_open and (asked.is_of(actor) or actor.holds("users"))
    priced = price(request.visit, asked) if decides else Priced(None, None)
    names = Names(actor, [asked])
    keys = [customer.id, asked.id]
    effect = priced.effect
    reminded = asked.reminded_on >= request.visit.today
    return RequestPage(
        title=headline(asked, labels),
        customer=customer.name,
        client_id=customer.client_id,
        customer_url=reverse("customer", args=[customer.id]) if actor.holds("subscriptions") else "",
        seats=[f"{seats_in_words(row.seats, labels[row.type_code].name)}, {row.site_name}" for row in asked.seats],
        people=_people(asked, linked=actor.holds("users")),
        note=asked.note,
        state=asked.state,
        asked_by=names.of(asked.asker),
        asked_at=asked.asked_at,
        is_own=asked.is_of(actor),
        reminded_on=asked.reminded_on if asked.reminded_on > request.visit.settings.day(asked.asked_at) else None,
        decided_by=names.of(asked.decider),
        decided_at=asked.decided_at,
        reason=asked.reason,
        committed_until=asked.committed_until,
        places=_places(request, party, asked, labels, priced) if decides else [],
        effect=effects.compose(effect, customer, labels) if effect else None,
        amount=priced.amount,
        currency=priced.currency,
        unpriced=effects.is_unpriced(effect) if effect else False,
        allocates=priced.allocates,
        digest=effect.digest if effect else "",
        problem=sentence(priced.refusal) if priced.refusal else "",
        helpers=helpers_of(actor, customer.id) if asked.is_open and not decides else [],
        approve_url=reverse("request_approve", args=keys) if effect else "",
        decline_url=reverse("request_decline", args=keys) if decides else "",
        withdraw_url=reverse("request_withdraw", args=keys) if manages else "",
        remind_url=reverse("request_remind", args=keys) if manages and not decides and not reminded else "",
        again_url=_again_url(request, asked),
        next_url=_next_url(request, asked) if decides else "",
        partner=invoicing_partner(actor) if effect and actor.customer_id else "",
    )


def _people(asked: SeatRequest, *, linked: bool) -> list[AskedPerson]:
    created = dict(enumerate(asked.created_ids)) if linked else {}
    return [
        AskedPerson(
            user.full_name,
            reach_in_words(user),
            reverse("user", args=[asked.customer_id, created[number]]) if number in created else "",
        )
        for number, user in enumerate(asked.users)
    ]


def _places(
    request: PageRequest, party: RequestParty, asked: SeatRequest, labels: Types, priced: Priced
) -> list[AskedSite]:
    """The seats of each place asked for, and what an approval would add there."""
    visit = request.visit
    sites = {site.site_id: site for site in subscriptions_of(party, settings=visit.settings, at=visit.at).sites}
    entries = priced.effect.entries if priced.effect else []
    return [
        AskedSite(
            sites[row.site_id].name,
            seats.of_type(sites[row.site_id].of(row.type_code), labels),
            sum(
                entry.delta
                for entry in entries
                if entry.kind == "raise" and (entry.site_id, entry.type_code) == (row.site_id, row.type_code)
            ),
        )
        for row in asked.seats
        if row.site_id in sites
    ]


def _again_url(request: PageRequest, asked: SeatRequest) -> str:
    """Where the one who asked asks again: for one user, or for the seats."""
    if asked.state not in ("declined", "withdrawn") or not asked.is_of(request.actor) or not asked.seats:
        return ""
    first = asked.seats[0]
    if asked.users and request.actor.holds("users"):
        query = {"site": str(first.site_id), "type": first.type_code}
        return f"{reverse('user_new', args=[asked.customer_id])}?{urlencode(query)}"
    query = {"site": str(first.site_id), first.type_code: str(first.seats)}
    return f"{reverse('request_new', args=[asked.customer_id])}?{urlencode(query)}"


def _next_url(request: PageRequest, asked: SeatRequest) -> str:
    """The request that has waited longest after this one."""
    reader = grants.request_reader(request.actor)
    following = queries.requests_of_scope(reader, state="open", after=asked.id, limit=1)
    return reverse("request", args=[following[0].customer_id, following[0].id]) if following else ""
