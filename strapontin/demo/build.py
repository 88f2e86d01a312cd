"""Builds the demo: plays its history through the product's operations, day by day."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from uuid import UUID

from django.db import connection

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.billing.runs import execute_run
from strapontin.customers.operations import change_customer
from strapontin.demo import people
from strapontin.demo.archive import ArchivedStack
from strapontin.demo.asking import ask_for_seats
from strapontin.demo.cast import OWNERS, STACKS, Customer, Site
from strapontin.demo.days import Days
from strapontin.demo.foundation import Foundation, lay_foundation
from strapontin.demo.furnishing import Furnisher, open_accounts
from strapontin.demo.history import Attached, Changes, Event, Joins, Night, Term, Wants, events
from strapontin.demo.population import Population, Resident, population, tenant_uuid
from strapontin.demo.stacks import addresses
from strapontin.jobs.daily import begin_day, look_ahead
from strapontin.organisation.settings import Settings, load
from strapontin.seats.claims import NewUser
from strapontin.seats.observed import apply_users
from strapontin.seats.operations import change_user, create_user, remove_user
from strapontin.stacks.queries import stack_types
from strapontin.stacks.sync import execute_synchronization, request_synchronization

SYNCHRONISING = logging.getLogger("strapontin.stacks.reader")


def build_demo(*, home: Path, at: datetime) -> None:
    """Fills an empty database with the demo, so that its history ends at ``at`` (aware)."""
    days = Days(at)
    with _quickly():
        foundation = lay_foundation(days, addresses(home))
        player = Player(days, foundation)
        player.play(events(days))
        ask_for_seats(player)
    open_accounts([person.email for person in people.SIGNING_IN], people.PASSWORD)


def sign_ins(language: str = "en") -> list[str]:
    """Lines that say who can sign in, in ``fr`` or ``en``."""
    lines = []
    for who in people.SIGN_INS:
        role, sentence = (who.role_fr, who.sentence_fr) if language == "fr" else (who.role_en, who.sentence_en)
        lines += [f"{who.email}  {who.password}", f"    {who.name}, {who.organisation}. {role}. {sentence}"]
    return lines


@contextmanager
def _quickly() -> Iterator[None]:
    """Commits without waiting for the disk, and quietly.

    Nothing can be lost: the caller notes the end in a transaction that waits for the disk, and with it for everything
    written before.
    """
    level = SYNCHRONISING.level
    SYNCHRONISING.setLevel(logging.ERROR)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        SYNCHRONISING.setLevel(level)
        connection.close()


@dataclass
class Here:
    """A customer of the story in the database."""

    id: UUID
    sites: dict[str, UUID]
    tenants: dict[tuple[str, str], UUID] = field(default_factory=dict)
    users: dict[UUID, UUID] = field(default_factory=dict)
    """Users entered by hand: the resident's id and that of the row."""


class Player:
    """Plays events in the order of their moments; the people of the story act."""

    def __init__(self, days: Days, foundation: Foundation) -> None:
        self.days = days
        self.ground = foundation
        self.customers: dict[str, Here] = {}
        self.anchors = {1}
        self.job = system("job")

    @cached_property
    def types(self) -> dict[int, str]:
        with acting(self.job):
            return stack_types()

    @cached_property
    def settings(self) -> Settings:
        with acting(self.job):
            return load()

    def play(self, history: Sequence[Event]) -> None:
        """Lets everything happen, and the work of each day before the events of that day."""
        by_day = {day: list(group) for day, group in groupby(history, key=lambda e: self.settings.day(e.at))}
        day = self.days.begins_on
        while day <= self.days.today:
            if day > self.days.begins_on and self.begins_periods(day):
                self.begin(day)
            for event in by_day.pop(day, ()):
                self.happen(event)
            if day + timedelta(days=1) == self.days.first_invoice_on:
                self.change_settings(automatic_billing=True, at=self.days.at(day, time(18, 15)))
            day += timedelta(days=1)
        look_ahead(self.days.today, settings=self.settings)
        if by_day:
            raise RuntimeError(f"events outside the story: {sorted(by_day)}")

    def begins_periods(self, day: date) -> bool:
        """Whether periods can begin on a day; the work of another day would change nothing."""
        return day.day in self.anchors or (day + timedelta(days=1)).day == 1

    def begin(self, day: date) -> None:
        """The work of a day, soon after midnight."""
        at = self.days.at(day, time(0, 0, 1))
        for run_id in begin_day(settings=self.settings, at=at):
            execute_run(run_id=run_id, settings=self.settings, at=at)

    def happen(self, event: Event) -> None:
        match event:
            case Joins():
                self.join(event)
            case Wants():
                self.want(event)
            case Changes():
                self.change(event)
            case Attached():
                self.attach(event)
            case Term():
                self.set_term(event)
            case Night():
                self.synchronize(event)

    def change_settings(self, *, at: datetime, **changes: object) -> None:
        self.furnisher(people.ARMELLE, at).change_settings(**changes)
        del self.settings

    def furnisher(self, person: people.Person, at: datetime) -> Furnisher:
        """Furnishes as the person."""
        return Furnisher(actor=self.ground.actor(person), at=at, settings=self.settings)

    # -- customers -------------------------------------------------------------------------------------

    def join(self, event: Joins) -> None:
        customer = event.customer
        alignment = "anniversary" if customer.anniversary else "calendar"
        if self.settings.alignment != alignment:
            self.change_settings(alignment=alignment, at=event.at)
        if customer.anniversary:
            self.anchors.add(event.starts_on.day)
        # A start in the past and one not for resale are the provider's to set.
        ours = event.starts_on < self.settings.day(event.at) or customer.not_for_resale
        furnisher = self.furnisher(people.ARMELLE if ours else people.IN_CHARGE[customer.partner], event.at)
        customer_id = furnisher.make_customer(
            customer.name,
            partner_id=self.ground.partners[customer.partner],
            term_months=customer.term_months,
            client_id=customer.client_id,
            purchase_order=f"BC-{customer.client_id[-3:]}" if customer.term_months == 36 else "",
            starts_on=event.starts_on,
            not_for_resale=customer.not_for_resale,
        )
        sites = {site.name: furnisher.make_site(customer_id, site.name) for site in customer.sites}
        self.customers[customer.client_id] = Here(customer_id, sites)
        for site in customer.sites:
            if site.attached_ago is None:
                self.attach_stacks(customer, site, event.at)
        self.ground.admit_administrators_of(customer, customer_id, event.at)

    def attach_stacks(self, customer: Customer, site: Site, at: datetime) -> None:
        here = self.customers[customer.client_id]
        for stack in site.stacks:
            furnisher = self.furnisher(people.PAUL if OWNERS[stack] else people.ARMELLE, at)
            here.tenants[site.name, stack] = furnisher.attach_tenant(
                here.id,
                here.sites[site.name],
                stack_id=self.ground.stacks[stack],
                tenant_uuid=tenant_uuid(customer, site, stack),
            )

    def set_term(self, event: Term) -> None:
        actor = self.ground.actor(event.who)
        with acting(actor):
            editor = grants.term_editor(actor, self.customers[event.customer.client_id].id)
            changes = {"term_months": event.months}
            change_customer(editor, changes=changes, settings=self.settings, at=event.at)

    # -- seats -----------------------------------------------------------------------------------------

    def want(self, event: Wants) -> None:
        here = self.customers[event.customer.client_id]
        quantities = {(here.sites[site], code): seats for (site, code), seats in event.wanted.items()}
        self.furnisher(event.who, event.at).allocate(here.id, quantities, reason=event.reason)

    def attach(self, event: Attached) -> None:
        site = next(site for site in event.customer.sites if site.name == event.site)
        self.attach_stacks(event.customer, site, event.at)
        self.read_stacks(event.customer, {(site.name, stack) for stack in site.stacks}, event.ago, event.at)

    def change(self, event: Changes) -> None:
        here = self.customers[event.customer.client_id]
        users = population(event.customer)
        if event.by_hand:
            for site in event.customer.sites:
                if not any((site.name, stack) in here.tenants for stack in site.stacks):
                    self.change_by_hand(here, users, site, event)
            return
        restless = here.tenants.keys() if event.first else here.tenants.keys() & users.restless(event.ago)

        self.read_stacks(event.customer, set(restless), event.ago, event.at)

    def read_stacks(self, customer: Customer, tenants: set[tuple[str, str]], ago: int, at: datetime) -> None:
        """What a nightly synchronisation finds in some tenants."""
        if not tenants:
            return
        here = self.customers[customer.client_id]
        with acting(self.job):
            seen = grants.customer(self.job, here.id)
            for site, stack in sorted(tenants):
                apply_users(
                    self.job,
                    seen.customer,
                    site_id=here.sites[site],
                    tenant_id=here.tenants[site, stack],
                    users=[r.on_stack(ago) for r in population(customer).of(site, stack, ago=ago)],
                    types=self.types,
                    asked_at=at,
                    today=self.settings.day(at),
                    at=at,
                )

    def change_by_hand(self, here: Here, users: Population, site: Site, event: Changes) -> None:
        """Somebody enters the new users and removes those who left: the site is as it was ``event.ago`` days ago."""
        then = {resident.id: resident for resident in users.of(site.name, ago=event.ago)}
        before = {r.id for r in users.residents if r.site == site.name and r.id in here.users}
        actor = self.user_manager(event.customer)
        moment = _Moments(event.at)
        with acting(actor):
            grant = grants.user_manager(actor, here.id)
            for resident_id in sorted(before - then.keys()):
                user_id = here.users.pop(resident_id)
                remove_user(grant, user_id=user_id, settings=self.settings, at=moment.next())
            for resident in then.values():
                self.enter(here, grant, site, resident, event.ago, moment)

    def enter(
        self, here: Here, grant: grants.UserManager, site: Site, resident: Resident, ago: int, moment: _Moments
    ) -> None:
        type_code, may = resident.type_at(ago), grant.may_allocate
        if known := here.users.get(resident.id):
            if resident.retyped_ago == ago and resident.earlier_type:
                changes = {"type_code": type_code}
                change_user(
                    grant,
                    user_id=known,
                    changes=changes,
                    settings=self.settings,
                    at=moment.next(),
                    allocate_missing=may,
                )
            return
        new = NewUser(
            site_id=here.sites[site.name],
            type_code=type_code,
            first_name=resident.first_name,
            last_name=resident.last_name,
            email=resident.email,
            extension=resident.extension,
            enabled=resident.enabled,
        )
        here.users[resident.id] = create_user(
            grant, new=new, settings=self.settings, at=moment.next(), allocate_missing=may
        )

    def user_manager(self, customer: Customer) -> Actor:
        """The administrator who enters the customer's users: the first of its own, or the partner's."""
        own = [p for p in people.EVERYBODY if p.client_id == customer.client_id and "users" in p.roles]
        return self.ground.actor(own[0] if own else people.IN_CHARGE[customer.partner])

    # -- synchronisations ------------------------------------------------------------------------------

    def synchronize(self, event: Night) -> None:
        here = self.customers[event.customer.client_id]
        with acting(self.job):
            sync_id, _ = request_synchronization(grants.customer(self.job, here.id), at=event.at)
        connectors = {self.ground.stacks[name]: self.archived(event, name) for name in STACKS}
        execute_synchronization(
            customer_id=here.id,
            synchronization_id=sync_id,
            clock=lambda: (self.settings, event.at),
            connect=connectors.__getitem__,
        )

    def archived(self, event: Night, stack: str) -> ArchivedStack:
        users = population(event.customer)
        tenants = {
            tenant_uuid(event.customer, site, stack): [
                resident.on_stack(event.ago) for resident in users.of(site.name, stack, ago=event.ago)
            ]
            for site in event.customer.sites
            if stack in site.stacks
        }
        return ArchivedStack(tenants, silent=stack in event.silent)


class _Moments:
    """Moments that follow each other, all in one minute: other events begin on whole ones."""

    def __init__(self, first: datetime) -> None:
        self._at = first

    def next(self) -> datetime:
        self._at += timedelta(seconds=2)
        return self._at
