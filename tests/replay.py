"""Plays the histories of the slow oracle through the product's operations, and answers in the oracle's words.

Names of a history become ids here; every operation runs as a door would call it: in an actor's transaction and
scope, on a real database. Actors alternate between the provider, the partner and the customer itself, so that
what row level security would hide shows as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.allocations import exchanges, rules
from strapontin.allocations.operations import Backdated, apply_changes
from strapontin.allocations.rules import Change
from strapontin.billing import effects
from strapontin.billing.effects import Effect, confirm_changes, preview_changes
from strapontin.billing.runs import execute_run, request_run
from strapontin.customers.subscriptions import Subscriptions, subscriptions_of
from strapontin.kit.database import rows_of, run, value_of, values_of
from strapontin.provider.defaults import DEFAULT_TYPES
from strapontin.refusals import Refusal
from strapontin.seats.claims import NewUser
from strapontin.seats.observed import apply_users
from strapontin.seats.operations import change_user, create_user, remove_user
from strapontin.stacks.base import StackUser
from tests.oracle.histories import (
    AddPriceList,
    AttachTenant,
    BillingRun,
    Cancel,
    ChangeUser,
    Claim,
    Correct,
    CreateCustomer,
    DailyWork,
    Event,
    Exchange,
    History,
    Reactivate,
    Release,
    Request,
    SetPartner,
    SetTerm,
    StackShows,
    UndoExchange,
)
from tests.oracle.model import BelowUse, Claimed, NoFreeSeat, Refused, RunResult
from tests.reading import PreviewedInvoice, issued_invoices, parked, previews, reading, written
from tests.replay_ground import Ground
from tests.servers import Database

STACK_TYPES = {stack_id: code for code, _, _, stack_ids, _ in DEFAULT_TYPES for stack_id in stack_ids}
STACK_IDS = {code: stack_id for stack_id, code in STACK_TYPES.items()}

_USERS = """
SELECT id, type_code, stack_user_uuid, email FROM seat_user
 WHERE customer_id = %s AND site_id = %s AND state = 'active' ORDER BY stack_user_uuid IS NOT NULL, id
"""
_EXCHANGES = """
SELECT id FROM ledger_entry WHERE customer_id = %s AND kind = 'exchange_out' AND reverses_id IS NULL ORDER BY id
"""
# What a stack does when a user was created there: it answers with the user's uuid, and the call is done.
_CONFIRM = """
WITH called AS (UPDATE stack_call SET state = 'done' WHERE customer_id = %(customer)s AND user_id = %(user)s)
UPDATE seat_user SET stack_user_uuid = %(uuid)s WHERE customer_id = %(customer)s AND id = %(user)s
"""


@dataclass(frozen=True, slots=True)
class ActiveUser:
    """A user with a seat."""

    id: UUID
    type_code: str
    stack_user_uuid: UUID | None
    email: str | None


@dataclass(frozen=True)
class Requested:
    """What a request wrote: what happened at once, in the oracle's words, and the effect if one was shown."""

    at_once: frozenset[tuple[str, str, str | None, str, int, date]]
    scheduled: frozenset[date]
    effect: Effect | None


Answer = Requested | BelowUse | Refused | Claimed | NoFreeSeat | RunResult | int | None


class Replay(Ground):
    """An installation, and a history's events as operations on it."""

    def play(self, event: Event) -> Answer:
        """Lets one event happen in the product; answers as ``tests.oracle.histories.apply`` does."""
        self.events += 1
        match event:
            case DailyWork():
                self.daily_work(event.at)
            case SetPartner():
                self.set_partner(event)
            case AddPriceList():
                self.add_price_list(event)
            case CreateCustomer():
                self.create_customer(event)
            case AttachTenant():
                self.attach_tenant(event.customer, event.site, event.at)
            case SetTerm():
                return self.set_term(event)
            case Cancel():
                return self.cancel(event)
            case Reactivate():
                return self.reactivate(event)
            case Request():
                return self.request(event)
            case Exchange():
                return self.exchange(event)
            case UndoExchange():
                return self.undo_exchange(event)
            case Claim():
                return self.claim(event)
            case Release():
                self.release(event)
            case ChangeUser():
                return self.change_user(event)
            case Correct():
                self.correct(event)
            case StackShows():
                self.stack_shows(event)
            case BillingRun():
                return self.billing_run(event.date, event.at)
        return None

    # -- seats -----------------------------------------------------------------------------------------

    def request(self, event: Request) -> Answer:
        """Asks for quantities: in turn at once, and as a screen does: the effect first, then exactly that."""
        actor, customer = self.actor(event.customer), self.customers[event.customer]
        sites = self.sites[event.customer]
        changes = [Change(sites[site], type_code, wanted) for site, type_code, wanted in event.changes]
        names = {site_id: site for site, site_id in sites.items()}
        effect: Effect | None = None
        try:
            if self.events % 2:
                with acting(actor):
                    manager = grants.allocation_manager(actor, customer)
                    apply_changes(manager, changes=changes, settings=self.settings, at=event.at)
            else:
                effect = self._preview_and_confirm(actor, customer, changes, event.at)
        except Refusal as refusal:
            return self._refused(event.customer, refusal)
        return self._requested(customer, names, event.at, effect)

    def exchange(self, event: Exchange) -> Answer:
        """Exchanges seats."""
        seats = event.from_type, event.to_type, event.seats
        facts = {"exchange": rules.Exchange(self.sites[event.customer][event.site], *seats)}
        return self._act(event, facts, exchanges.apply_exchange, effects.preview_exchange, effects.confirm_exchange)

    def undo_exchange(self, event: UndoExchange) -> Answer:
        """Undoes the customer's n-th exchange."""
        with reading(self.customers[event.customer]):
            exchange_id = values_of(UUID, _EXCHANGES, [self.customers[event.customer]])[event.number]
        facts = {"exchange_id": exchange_id, "seats": event.seats}
        return self._act(event, facts, exchanges.undo_exchange, effects.preview_undo, effects.confirm_undo)

    def _act(
        self,
        event: Exchange | UndoExchange,
        facts: dict[str, Any],
        apply: Callable[..., object],
        preview: Callable[..., Effect],
        confirm: Callable[..., Effect],
    ) -> Answer:
        """In turn at once, and as a screen does: the effect first, then exactly that."""
        actor, customer = self.actor(event.customer), self.customers[event.customer]
        facts, effect = facts | {"settings": self.settings, "at": event.at}, None
        try:
            if self.events % 2:
                with acting(actor):
                    apply(grants.allocation_manager(actor, customer), **facts)
            else:
                with acting(actor):
                    shown = preview(grants.allocation_manager(actor, customer), **facts)
                with acting(actor):
                    effect = confirm(grants.allocation_manager(actor, customer), **facts, digest=shown.digest)
        except Refusal as refusal:
            return self._refused(event.customer, refusal)
        names = {site_id: site for site, site_id in self.sites[event.customer].items()}
        return self._requested(customer, names, event.at, effect)

    def _refused(self, customer: str, refusal: Refusal) -> Answer:
        facts = refusal.facts
        if refusal.code == "below_use":
            names = {site_id: site for site, site_id in self.sites[customer].items()}
            return BelowUse({(names[facts["site"]], facts["type"]): facts["in_the_way"]})
        return _no_seat(refusal)

    def _preview_and_confirm(self, actor: Actor, customer: UUID, changes: Sequence[Change], at: datetime) -> Effect:
        with acting(actor):
            manager = grants.allocation_manager(actor, customer)
            shown = preview_changes(manager, changes=changes, settings=self.settings, at=at)
        with acting(actor):
            manager = grants.allocation_manager(actor, customer)
            effect = confirm_changes(manager, changes=changes, settings=self.settings, at=at, digest=shown.digest)
        assert replace(effect, entries=[]) == replace(shown, entries=[])
        assert len(effect.entries) == len(shown.entries)
        return effect

    def _requested(self, customer: UUID, names: dict[UUID, str], at: datetime, effect: Effect | None) -> Requested:
        happened: dict[tuple[str, str, str | None, str, date], int] = {}
        scheduled = set()
        for entry in written(customer, at):
            if entry.kind in ("lower", "withdraw"):
                scheduled.add(entry.effective_on)
                continue
            kind = {"move_out": "move", "exchange_out": "exchange"}.get(entry.kind, entry.kind)
            if kind == "exchange" and entry.reverses_id:
                kind = "undo"
            to_site = names[entry.counterpart_site_id] if entry.counterpart_site_id else entry.counterpart_type
            if kind not in ("move_in", "exchange_in"):
                key = (kind, names[entry.site_id], to_site, entry.type_code, entry.effective_on)
                happened[key] = happened.get(key, 0) + abs(entry.delta)
        at_once = frozenset((*key[:4], seats, key[4]) for key, seats in happened.items())
        return Requested(at_once, frozenset(scheduled), effect)

    def claim(self, event: Claim) -> Answer:
        """One user more; the stack answers at once."""
        actor, customer = self.actor(event.customer), self.customers[event.customer]
        site = self.sites[event.customer][event.site]
        new = NewUser(site, event.type, "Claude", "Martin", email=f"{uuid4().hex}@example.com")
        try:
            with acting(actor):
                user = create_user(
                    grants.user_manager(actor, customer),
                    new=new,
                    settings=self.settings,
                    at=event.at,
                    allocate_missing=event.allocate_missing,
                )
        except Refusal as refusal:
            return _no_seat(refusal)
        self._confirm(customer, user, site)
        return self._claimed(customer, event.at)

    def change_user(self, event: ChangeUser) -> Answer:
        """Another type or site for the first user of a place."""
        actor, customer = self.actor(event.customer), self.customers[event.customer]
        user = self.users(event.customer, event.site, event.type)[0].id
        wanted = {"site_id": self.sites[event.customer][event.to_site], "type_code": event.to_type}
        try:
            with acting(actor):
                change_user(
                    grants.user_manager(actor, customer),
                    user_id=user,
                    changes=wanted,
                    settings=self.settings,
                    at=event.at,
                    allocate_missing=event.allocate_missing,
                    exchange_seat=event.exchange_seat,
                )
        except Refusal as refusal:
            return self._refused(event.customer, refusal)
        if event.site != event.to_site:
            self._confirm(customer, user, self.sites[event.customer][event.to_site])
        return Claimed() if event.exchange_seat else self._claimed(customer, event.at)

    def _confirm(self, customer: UUID, user: UUID, site: UUID) -> None:
        if self.stack_answers and site in self.tenants:
            with reading(customer):
                run(_CONFIRM, {"customer": customer, "user": user, "uuid": uuid4()})

    def _claimed(self, customer: UUID, at: datetime) -> Claimed:
        deltas = {"raise": 0, "withdraw": 0}
        for entry in written(customer, at):
            deltas[entry.kind] += entry.delta
        return Claimed(allocated=deltas["raise"], kept=deltas["withdraw"])

    def correct(self, event: Correct) -> None:
        """The provider's backdated correction, by naming the quantity that should stand now."""
        provider, site = system("api"), self.sites[event.customer][event.site]
        with acting(provider):
            grant = grants.allocation_manager(provider, self.customers[event.customer])
            now = subscriptions_of(grant, settings=self.settings, at=event.at, as_of=self.settings.day(event.at))
            quantity = next(s for s in now.sites if s.site_id == site).of(event.type).allocated + event.delta
            apply_changes(
                grant,
                changes=[Change(site, event.type, quantity)],
                settings=self.settings,
                at=event.at,
                backdated=Backdated(grants.provider(provider), event.effective_on),
            )

    def release(self, event: Release) -> None:
        """One user less."""
        actor, customer = self.actor(event.customer), self.customers[event.customer]
        user = self.users(event.customer, event.site, event.type)[0].id
        with acting(actor):
            grant = grants.user_manager(actor, customer)
            remove_user(grant, user_id=user, settings=self.settings, at=event.at)

    def users(self, customer: str, site: str, type_code: str | None = None) -> list[ActiveUser]:
        """The active users of a site, or those of one type; first those whom no stack has shown."""
        with reading(self.customers[customer]):
            users = rows_of(ActiveUser, _USERS, [self.customers[customer], self.sites[customer][site]])
        return [user for user in users if type_code in (None, user.type_code)]

    def stack_shows(self, event: StackShows) -> None:
        """A stack answers with all of a site's users, and with so many of one type."""
        users_here = self.users(event.customer, event.site)
        here = [user for user in users_here if user.stack_user_uuid]
        unseen = [user for user in users_here if user.type_code == event.type and not user.stack_user_uuid]
        of_type = [user for user in here if user.type_code == event.type]
        there = [user for user in here if user.type_code != event.type] + of_type[: event.used - event.recognised]
        users = [
            self.stack_user(user.stack_user_uuid, user.type_code, user.email) for user in there if user.stack_user_uuid
        ]
        users += [self.stack_user(uuid4(), event.type, user.email) for user in unseen[: event.recognised]]
        more = range(event.used - event.recognised - len(of_type))
        users += [self.stack_user(uuid4(), event.type, f"{uuid4().hex}@example.com") for _ in more]
        self.synchronize(event.customer, event.site, users, event.at)

    def synchronize(self, customer: str, site: str, users: Sequence[StackUser], at: datetime) -> None:
        """Applies a stack's list of users to a site."""
        job, customer_id = system("job"), self.customers[customer]
        site_id = self.sites[customer][site]
        with acting(job):
            apply_users(
                job,
                grants.customer(job, customer_id).customer,
                site_id=site_id,
                tenant_id=self.tenants[site_id],
                users=users,
                types=STACK_TYPES,
                asked_at=at,
                today=self.settings.day(at),
                at=at,
            )

    def stack_user(self, uuid: UUID, type_code: str, email: str | None = None) -> StackUser:
        """A user as a stack has it."""
        return StackUser(uuid, "Camille", "Durand", email, STACK_IDS[type_code], True, None)

    # -- billing ---------------------------------------------------------------------------------------

    def request_run(self, day: date, at: datetime, *, preview: bool = False) -> UUID:
        """Creates or finds the run of a day."""
        provider = system("api")
        with acting(provider):
            return request_run(grants.provider(provider), date=day, preview=preview, settings=self.settings, at=at)

    def billing_run(self, day: date, at: datetime) -> RunResult:
        """Runs the billing of a day; answers what this execution issued, and who is parked after it."""
        before = {issued.number for issued in issued_invoices()}
        run_id = self.request_run(day, at)
        execute_run(run_id=run_id, settings=self.settings, at=at)
        new = [issued.invoice for issued in issued_invoices() if issued.number not in before]
        invoices = {invoice.payer: invoice for invoice in new}
        assert len(invoices) == len(new), "two invoices of one execution to one payer"
        with acting(system("api"), "billing"):
            cut = value_of(datetime, "SELECT cut FROM billing_run WHERE id = %s", [run_id])
        assert cut is not None
        return RunResult(day, cut, invoices, parked(run_id))

    def preview_run(self, day: date, at: datetime) -> tuple[dict[str, PreviewedInvoice], dict[str, str]]:
        """The invoices that a preview of a day shows, by payer, and who would be parked."""
        run_id = self.request_run(day, at, preview=True)
        execute_run(run_id=run_id, settings=self.settings, at=at)
        return previews(run_id), parked(run_id)

    def figures(
        self, customer: str, at: datetime, as_of: date | None = None, known_at: datetime | None = None
    ) -> Subscriptions:
        """The seats of a customer as a screen shows them at ``at``."""
        actor = self.actor(customer)
        with acting(actor):
            seen = grants.customer(actor, self.customers[customer])
            return subscriptions_of(seen, settings=self.settings, at=at, as_of=as_of, known_at=known_at)


def _no_seat(refusal: Refusal) -> NoFreeSeat | Refused:
    return NoFreeSeat(refusal.facts["missing"]) if refusal.code == "no_free_seat" else Refused(refusal.code)


def lived(database: Database, history: History) -> Replay:
    """The product after a history."""
    replay = Replay.of(database, history)
    for event in history.events:
        replay.play(event)
    return replay
