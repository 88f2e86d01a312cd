"""What stands before the story begins: the provider's settings, its partners, stacks and administrators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.operations import ScopeGiven
from strapontin.demo import people
from strapontin.demo.cast import OWNERS, PARTNERS, PROVIDER, STACKS, Customer
from strapontin.demo.days import TIME_ZONE, Days
from strapontin.demo.furnishing import THE_PROVIDER, Furnisher
from strapontin.demo.people import Person
from strapontin.demo.worlds import PASSWORD, USERNAME
from strapontin.provider.defaults import DEFAULT_PRICE_LIST
from strapontin.provider.price_lists import NewPriceList


@dataclass
class Foundation:
    """Ids of what was laid, by the names of the story."""

    partners: dict[str, UUID] = field(default_factory=dict)
    stacks: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, person: Person) -> Actor:
        """The person as an actor at a screen."""
        return self.actors[person.email]

    def admit(self, furnisher: Furnisher, person: Person, scope: ScopeGiven) -> None:
        """Makes the person an administrator."""
        self.actors[person.email] = furnisher.make_administrator(
            person.name, person.email, scope, roles=person.roles, language=person.language
        )

    def admit_administrators_of(self, customer: Customer, customer_id: UUID, at: datetime) -> None:
        """Makes the customer's own administrators, by the partner's."""
        furnisher = Furnisher(actor=self.actor(people.IN_CHARGE[customer.partner]), at=at)
        for person in people.EVERYBODY:
            if person.client_id == customer.client_id:
                self.admit(furnisher, person, ScopeGiven(customer_id=customer_id))


def lay_foundation(days: Days, addresses: dict[str, str]) -> Foundation:
    """Sets the provider up on the morning of the first day; ``addresses`` are those of the stacks, by name."""
    foundation = Foundation()
    at = days.at(days.begins_on, time(8, 15))
    foundation.admit(Furnisher(at=at), people.ARMELLE, THE_PROVIDER)
    furnisher = Furnisher(actor=foundation.actor(people.ARMELLE), at=at)
    furnisher.change_settings(
        name=PROVIDER,
        address="1 allée du Grand-Standard\n69000 Lyon",
        vat_number="FR12000000000",
        time_zone=TIME_ZONE,
        contact="aide@carillon.example",
        street="1 allée du Grand-Standard",
        postcode="69000",
        city="Lyon",
        siren="000000000",
        # Where the simulated stacks are.
        stack_networks=["127.0.0.1/32"],
        seats_enforced_from=days.enforced_from,
        allocation_billing_from=days.billed_from,
    )
    furnisher.make_price_list(_dearer(valid_from=days.months_ago(4)))
    _add_partners(foundation, furnisher)
    for name in STACKS:
        owner = OWNERS[name]
        partner_id = foundation.partners[owner] if owner else None
        foundation.stacks[name] = furnisher.make_stack(
            name, url=addresses[name], username=USERNAME, password=PASSWORD, partner_id=partner_id
        )
    for person in people.EVERYBODY:
        if person.partner:
            foundation.admit(furnisher, person, ScopeGiven(partner_id=foundation.partners[person.partner]))
    return foundation


def _dearer(valid_from: date) -> NewPriceList:
    """The prices of a later year."""
    return NewPriceList(
        name=f"{DEFAULT_PRICE_LIST.name} {valid_from.year}",
        currency=DEFAULT_PRICE_LIST.currency,
        valid_from=valid_from,
        prices={"voice": Decimal("10.40"), "uc": Decimal("18.60"), "cr": Decimal("43.50")},
        term_discounts=DEFAULT_PRICE_LIST.term_discounts,
        level_discounts=DEFAULT_PRICE_LIST.level_discounts,
    )


def _add_partners(foundation: Foundation, furnisher: Furnisher) -> None:
    for partner in PARTNERS:
        foundation.partners[partner.name] = furnisher.make_partner(
            partner.name,
            parent_id=foundation.partners[partner.parent] if partner.parent else None,
            level=partner.level,
            country=partner.country,
            vat_number=partner.vat_number,
            address=partner.address,
            language=partner.language,
            payer=partner.payer,
        )
