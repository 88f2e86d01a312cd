"""Makes the installations in which tests replay histories: settings, partners, price lists, customers, terms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.grants import CustomerFacts
from strapontin.access.models import ROLES
from strapontin.access.scope import acting
from strapontin.allocations.openings import bring_to
from strapontin.allocations.reopening import reactivate_customer
from strapontin.catalogue.models import SubscriptionType
from strapontin.customers.operations import change_customer
from strapontin.cycles.operations import complete_periods
from strapontin.demo.furnishing import Furnisher
from strapontin.organisation.models import Installation
from strapontin.organisation.settings import Settings, load
from strapontin.provider.defaults import DEFAULT_TYPES
from strapontin.provider.partners import change_partner
from strapontin.provider.price_lists import NewPriceList
from strapontin.refusals import Refusal
from tests.oracle.histories import AddPriceList, Cancel, CreateCustomer, History, Reactivate, SetPartner, SetTerm
from tests.oracle.model import Refused
from tests.oracle.strategies import SITES
from tests.servers import Database

THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Ground:
    """An installation in the test's database, and the ids behind a history's names."""

    settings: Settings
    stack: UUID
    partners: dict[str, UUID] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    partner_of: dict[str, str] = field(default_factory=dict)
    sites: dict[str, dict[str, UUID]] = field(default_factory=dict)
    tenants: dict[UUID, UUID] = field(default_factory=dict)
    events: int = 0
    stack_answers: bool = True

    @classmethod
    def of(cls, database: Database, history: History) -> Self:
        """Empties the database and makes the installation in which the history begins."""
        database.empty()
        # The product's defaults but for their price list: a history brings its own.
        Installation.objects.using("owner").create(id=1)
        SubscriptionType.objects.using("owner").bulk_create(
            SubscriptionType(code=code, name_fr=fr, name_en=en, stack_ids=ids, position=position)
            for code, fr, en, ids, position in DEFAULT_TYPES
        )
        furnisher = Furnisher(at=THE_BEGINNING)
        furnisher.change_settings(
            seats_enforced_from=history.settings.seats_enforced_from,
            allocation_billing_from=history.settings.allocation_billing_from,
            hand_back_days=history.settings.hand_back_days,
            invoice_day=history.settings.invoice_day,
        )
        with acting(system("cli")):
            settings = load()
        replay = cls(settings, furnisher.make_stack())
        for partner in history.partners:
            replay.set_partner(SetPartner(THE_BEGINNING, partner))
        for price_list in history.price_lists:
            replay.add_price_list(AddPriceList(THE_BEGINNING, price_list))
        return replay

    def provider(self, at: datetime) -> Furnisher:
        """Furnishes as the provider."""
        return Furnisher(at=at, settings=self.settings)

    def actor(self, customer: str, *, own: bool = True) -> Actor:
        """The provider, the customer's partner, or (if ``own``) the customer's own administrator, in turn."""
        turn = self.events % (3 if own else 2)
        if turn == 0:
            return system("api")
        everything = Actor("administrator", uuid4(), "somebody", frozenset(ROLES), "screen")
        if turn == 1:
            return replace(everything, partner_id=self.partners[self.partner_of[customer]])
        return replace(everything, customer_id=self.customers[customer])

    def daily_work(self, at: datetime) -> None:
        """Brings every customer to today."""
        with acting(system("job")):
            bring_to(self.settings.day(at), at=at)
            complete_periods()

    def set_partner(self, event: SetPartner) -> None:
        """Creates a partner, or makes it what it is from now on."""
        partner = event.partner
        facts: dict[str, Any] = {name: getattr(partner, name) for name in ("level", "country", "currency", "payer")}
        facts["parent_id"] = self.partners[partner.parent] if partner.parent else None
        if partner.name not in self.partners:
            self.partners[partner.name] = self.provider(event.at).make_partner(partner.name, **facts)
            return
        actor = system("api")
        with acting(actor):
            grant = grants.provider(actor)
            change_partner(grant, partner_id=self.partners[partner.name], changes=facts, at=event.at)

    def add_price_list(self, event: AddPriceList) -> None:
        """A price list more."""
        prices = event.price_list
        new = NewPriceList(
            name=f"{prices.partner or 'general'} {prices.valid_from}",
            currency=prices.currency,
            valid_from=prices.valid_from,
            prices=prices.prices,
            term_discounts=prices.term_discounts,
            level_discounts=prices.level_discounts,
            partner_id=self.partners[prices.partner] if prices.partner else None,
        )
        self.provider(event.at).make_price_list(new)

    def create_customer(self, event: CreateCustomer) -> None:
        """A customer with its sites, each with a tenant on the one stack unless that comes later."""
        self.partner_of[event.customer] = event.partner
        actor = system("api") if event.not_for_resale else self.actor(event.customer, own=False)
        furnisher = Furnisher(actor=actor, at=event.at, settings=replace(self.settings, alignment=event.alignment))
        customer = self.customers[event.customer] = furnisher.make_customer(
            event.customer,
            partner_id=self.partners[event.partner],
            term_months=event.term_months,
            not_for_resale=event.not_for_resale,
        )
        self.sites[event.customer] = {site: furnisher.make_site(customer, site) for site in SITES}
        for site in SITES if event.on_stack else ():
            self.attach_tenant(event.customer, site, event.at)

    def attach_tenant(self, customer: str, site: str, at: datetime) -> None:
        """A tenant of the one stack for a site."""
        site_id = self.sites[customer][site]
        tenant_id = self.provider(at).attach_tenant(self.customers[customer], site_id, stack_id=self.stack)
        self.tenants[site_id] = tenant_id

    def set_term(self, event: SetTerm) -> int | Refused | None:
        """Asks for a term; answers the one that is then pending."""
        changed = self._change(event.customer, {"term_months": event.term_months}, event.at)
        return changed if isinstance(changed, Refused) else changed.pending_term_months

    def cancel(self, event: Cancel) -> Refused | None:
        """Cancels a customer at the end of its period, or takes that back."""
        changed = self._change(event.customer, {"cancel_at_end_of_period": event.cancelled}, event.at)
        return changed if isinstance(changed, Refused) else None

    def _change(self, customer: str, changes: dict[str, Any], at: datetime) -> CustomerFacts | Refused:
        actor = self.actor(customer, own=False)
        try:
            with acting(actor):
                grant = grants.term_editor(actor, self.customers[customer])
                return change_customer(grant, changes=changes, settings=self.settings, at=at)
        except Refusal as refusal:
            return Refused(refusal.code)

    def reactivate(self, event: Reactivate) -> Refused | None:
        """Starts an ended customer anew."""
        actor = self.actor(event.customer, own=False)
        try:
            with acting(actor):
                grant = grants.term_editor(actor, self.customers[event.customer])
                reactivate_customer(grant, term_months=event.term_months, settings=self.settings, at=event.at)
        except Refusal as refusal:
            return Refused(refusal.code)
        return None
