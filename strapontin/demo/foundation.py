"""What stands before the story begins: the provider's settings, its partners, stacks and administrators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.operations import NewAdministrator, ScopeGiven, create_administrator
from strapontin.access.scope import acting
from strapontin.demo import people
from strapontin.demo.cast import OWNERS, PARTNERS, PROVIDER, STACKS, Customer
from strapontin.demo.days import TIME_ZONE, Days
from strapontin.demo.people import Person
from strapontin.demo.worlds import PASSWORD, USERNAME
from strapontin.provider.defaults import DEFAULT_PRICE_LIST
from strapontin.provider.partners import NewPartner, create_partner
from strapontin.provider.price_lists import NewPriceList, create_price_list
from strapontin.provider.settings import change_settings
from strapontin.stacks.operations import NewStack, create_stack


@dataclass
class Foundation:
    """Ids of what was laid, by the names of the story."""

    partners: dict[str, UUID] = field(default_factory=dict)
    stacks: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, person: Person) -> Actor:
        """The person as an actor at a screen."""
        return self.actors[person.email]

    def admit(self, giver: Actor, person: Person, scope: ScopeGiven, at: datetime) -> None:
        """Makes the person an administrator; ``giver`` acts."""
        new = NewAdministrator(person.name, person.email, scope, list(person.roles), person.language)
        made = create_administrator(grants.administrator_manager(giver), new=new, at=at)
        self.actors[person.email] = Actor(
            kind="administrator",
            id=made,
            name=person.name,
            roles=frozenset(person.roles),
            door="screen",
            provider=scope.provider,
            partner_id=scope.partner_id,
            customer_id=scope.customer_id,
            language=person.language,
        )

    def admit_administrators_of(self, customer: Customer, customer_id: UUID, at: datetime) -> None:
        """Makes the customer's own administrators, by the partner's."""
        own = [person for person in people.EVERYBODY if person.client_id == customer.client_id]
        if own:
            giver = self.actor(people.IN_CHARGE[customer.partner])
            with acting(giver):
                for person in own:
                    self.admit(giver, person, ScopeGiven(customer_id=customer_id), at)


def lay_foundation(days: Days, addresses: dict[str, str]) -> Foundation:
    """Sets the provider up on the morning of the first day; ``addresses`` are those of the stacks, by name."""
    made = Foundation()
    at = days.at(days.begins_on, time(8, 15))
    with acting(system("cli")):
        made.admit(system("cli"), people.ARMELLE, ScopeGiven(provider=True), at)
    provider = made.actor(people.ARMELLE)
    with acting(provider):
        _settle(provider, days, at)
        _add_partners(made, provider, at)
        for name in STACKS:
            owner = OWNERS[name]
            new = NewStack(
                name=name,
                kind="wazo",
                url=addresses[name],
                username=USERNAME,
                password=PASSWORD,
                partner_id=made.partners[owner] if owner else None,
            )
            made.stacks[name] = create_stack(grants.stack_manager(provider), new=new, at=at)
        for person in people.EVERYBODY:
            if person.partner:
                made.admit(provider, person, ScopeGiven(partner_id=made.partners[person.partner]), at)
    return made


def _settle(provider: Actor, days: Days, at: datetime) -> None:
    """The provider's facts, the two dates of the change, and the prices of the year to come."""
    change_settings(
        grants.provider(provider),
        changes={
            "name": PROVIDER,
            "address": "1 allée du Grand-Standard\n69000 Lyon",
            "vat_number": "FR00000000000",
            "time_zone": TIME_ZONE,
            "contact": "aide@carillon.example",
            "seats_enforced_from": days.enforced_from,
            "allocation_billing_from": days.billed_from,
        },
        at=at,
    )
    valid_from = days.months_ago(4)
    dearer = NewPriceList(
        name=f"{DEFAULT_PRICE_LIST.name} {valid_from.year}",
        currency=DEFAULT_PRICE_LIST.currency,
        valid_from=valid_from,
        prices={"voice": Decimal("10.40"), "uc": Decimal("18.60"), "cr": Decimal("43.50")},
        term_discounts=DEFAULT_PRICE_LIST.term_discounts,
        level_discounts=DEFAULT_PRICE_LIST.level_discounts,
    )
    create_price_list(grants.provider(provider), new=dearer, at=at)


def _add_partners(made: Foundation, provider: Actor, at: datetime) -> None:
    for partner in PARTNERS:
        new = NewPartner(
            name=partner.name,
            parent_id=made.partners[partner.parent] if partner.parent else None,
            level=partner.level,
            country=partner.country,
            vat_number=partner.vat_number,
            address=partner.address,
            language=partner.language,
            payer=partner.payer,
        )
        made.partners[partner.name] = create_partner(grants.provider(provider), new=new, at=at)
