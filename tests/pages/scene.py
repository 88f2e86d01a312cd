"""A small scene for the pages, on 18 July 2023 (DESIGN): told by the domain's operations, not by SQL of its own.

``strapontin`` the provider · ``Opaline Réseaux`` a paying partner with two customers · ``Tramontane`` another
partner, the outsider. Every name is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.models import ROLES, Account
from strapontin.access.operations import NewAdministrator, ScopeGiven, create_administrator
from strapontin.access.scope import acting
from strapontin.allocations.months import close_month_before
from strapontin.allocations.rules import Change
from strapontin.billing.effects import confirm_changes
from strapontin.billing.runs import execute_run, request_run
from strapontin.cycles.customers import NewCustomer, create_customer
from strapontin.demo.population import ascii_name
from strapontin.kit.database import run
from strapontin.organisation.operations import NewPartner, change_settings, create_partner, create_site
from strapontin.organisation.settings import Settings, load
from strapontin.seats.operations import NewUser, create_user

PASSWORD = "quatre-sieges-libres"
NOW = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)


def at(month: int, day: int, hour: int = 8) -> datetime:
    """A moment of the year of the scene."""
    return datetime(2023, month, day, hour, tzinfo=UTC)


@dataclass
class Scene:
    """Who and what there is; ids by the names that tests use."""

    partners: dict[str, UUID] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    runs: list[UUID] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """The installation itself, which may do everything."""
        return system("cli")

    def settings(self) -> Settings:
        """The installation's settings."""
        with acting(self.actor):
            return load()

    def partner(self, key: str, name: str, *, parent: str = "", payer: bool = True) -> None:
        """A partner, paying unless told otherwise."""
        above = self.partners[parent] if parent else None
        with acting(self.actor):
            new = NewPartner(name, above, country="FR", vat_number="FR00000000000", level="silver", payer=payer)
            self.partners[key] = create_partner(grants.provider(self.actor), new=new, at=at(1, 1))

    def customer(self, key: str, name: str, partner: str, *, term: int = 1, when: datetime | None = None) -> None:
        """A customer with its first period."""
        when = when or at(1, 1)
        with acting(self.actor):
            grant = grants.customer_creator(self.actor, self.partners[partner])
            new = NewCustomer(name, term, client_id=f"C-2{len(self.customers):04d}", purchase_order=f"BC-{key}")
            self.customers[key] = create_customer(grant, new=new, settings=load(), at=when)

    def site(self, customer: str, key: str, name: str) -> None:
        """A site of a customer."""
        with acting(self.actor):
            grant = grants.customer_editor(self.actor, self.customers[customer])
            self.sites[key] = create_site(grant, name=name, at=at(1, 1))

    def allocate(self, customer: str, site: str, when: datetime, **wanted: int) -> None:
        """Quantities of a site."""
        with acting(self.actor):
            grant = grants.allocation_manager(self.actor, self.customers[customer])
            changes = [Change(self.sites[site], code, quantity) for code, quantity in wanted.items()]
            confirm_changes(grant, changes=changes, settings=load(), at=when)

    def fill(self, customer: str, site: str, when: datetime, **wanted: int) -> None:
        """So many users more on a site."""
        for code, count in wanted.items():
            for _number in range(count):
                number = len(self.users)
                with acting(self.actor):
                    grant = grants.user_manager(self.actor, self.customers[customer])
                    first = FIRST_NAMES[number % len(FIRST_NAMES)]
                    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
                    email = f"{ascii_name(first)}.{ascii_name(last)}.{number}@example.org"
                    new = NewUser(self.sites[site], code, first, last, email, extension=str(4000 + number))
                    made = create_user(grant, new=new, settings=load(), at=when)
                self.users[f"{site} {code} {number}"] = made

    def person(self, key: str, name: str, scope: ScopeGiven, roles: list[str], language: str = "fr") -> None:
        """Somebody who may sign in, with the password of the scene."""
        email = f"{key}@example.org"
        with acting(self.actor):
            grant = grants.administrator_manager(self.actor)
            new = NewAdministrator(name, email, scope, roles, language)
            create_administrator(grant, new=new, at=at(1, 1))
        account = Account.objects.get(email=email)
        account.set_password(PASSWORD)
        account.save()
        self.logins[key] = email

    def bill(self, month: int) -> None:
        """The invoices of the 1st of a month."""
        when = at(month, 1, 2)
        settings = self.settings()
        with acting(self.actor):
            grant = grants.provider(self.actor)
            run_id = request_run(grant, date=when.date(), preview=False, settings=settings, at=when)
        execute_run(run_id=run_id, settings=settings, at=when)
        self.runs.append(run_id)


FIRST_NAMES = ("Inès", "Paul", "Zoé", "Luc", "Anaïs", "Hugo", "Léa", "Noé", "Rose", "Marc", "Ève")
LAST_NAMES = ("Caradec", "Verdon", "Lamarque", "Ober", "Bastide", "Courtois", "Delorme", "Fabre", "Girard", "Hamel")


def build(*, language: str = "fr") -> Scene:
    """The scene, in a database with the product's defaults."""
    scene = Scene()
    _found(scene)
    _live(scene)
    _let_in(scene, language)
    return scene


def _found(scene: Scene) -> None:
    """Partners, customers and sites."""
    with acting(scene.actor):
        changes = {"name": "Fournisseur Démo", "vat_number": "FR11111111111", "contact": "aide@example.org"}
        change_settings(grants.provider(scene.actor), changes=changes, at=at(1, 1))
        run("UPDATE installation SET clock_offset = %s WHERE id = 1", [NOW - datetime.now(UTC)])
    scene.partner("opaline", "Opaline Réseaux")
    scene.partner("tramontane", "Tramontane")
    scene.partner("comete", "Comète Bureautique", parent="opaline", payer=False)
    scene.customer("clinic", "Clinique des Trois Chênes", "opaline", term=12)
    scene.customer("bakery", "Boulangeries Tournesol", "opaline", term=1)
    scene.customer("garage", "Garage Cornemuse", "opaline", term=1)
    scene.customer("zenith", "Zénith Spectacles", "tramontane", term=36)
    scene.customer("inn", "Auberge du Grand Écureuil", "comete", term=1)
    for customer, key, name in (
        ("clinic", "grenoble", "Grenoble, siège"),
        ("clinic", "echirolles", "Échirolles, imagerie"),
        ("clinic", "meylan", "Meylan, administration"),
        ("bakery", "oven", "Le fournil"),
        ("garage", "workshop", "Atelier"),
        ("zenith", "hall", "Grande halle"),
        ("inn", "reception", "Accueil"),
    ):
        scene.site(customer, key, name)


def _live(scene: Scene) -> None:
    """Seats, users and seven months of invoices; a decrease and a raise of July wait to be taken back."""
    scene.allocate("clinic", "grenoble", at(1, 1), voice=14, uc=5, cr=3)
    scene.allocate("clinic", "echirolles", at(1, 1), voice=8, uc=2)
    scene.allocate("clinic", "meylan", at(1, 1), voice=7, uc=2)
    scene.allocate("bakery", "oven", at(1, 1), voice=15, uc=2)
    scene.allocate("garage", "workshop", at(1, 1), voice=3)
    scene.allocate("zenith", "hall", at(1, 1), voice=6)
    scene.allocate("inn", "reception", at(1, 1), voice=4)
    scene.fill("clinic", "grenoble", at(1, 10), voice=11, uc=4, cr=3)
    scene.fill("clinic", "echirolles", at(2, 3), voice=5, uc=1)
    scene.fill("clinic", "meylan", at(2, 3), voice=4)
    scene.fill("bakery", "oven", at(1, 10), voice=14)
    scene.fill("garage", "workshop", at(1, 10), voice=3)
    scene.fill("zenith", "hall", at(1, 10), voice=2)
    for month in range(1, 8):
        scene.bill(month)
        with acting(scene.actor):
            close_month_before(at(month, 1).date())
    scene.allocate("clinic", "meylan", at(7, 3), voice=5)
    scene.allocate("clinic", "grenoble", at(7, 14), uc=7)


def _let_in(scene: Scene, language: str) -> None:
    """Those who may sign in."""
    of = scene.customers
    scene.person("provider", "Ada Provider", ScopeGiven(provider=True), list(ROLES), language)
    scene.person("maud", "Maud Ferrandis", ScopeGiven(partner_id=scene.partners["opaline"]), list(ROLES), language)
    scene.person(
        "outsider", "Igor Tramontane", ScopeGiven(partner_id=scene.partners["tramontane"]), list(ROLES), language
    )
    scene.person("yann", "Yann Corvoisier", ScopeGiven(partner_id=scene.partners["comete"]), list(ROLES), language)
    scene.person(
        "solene",
        "Solène Barbizet",
        ScopeGiven(customer_id=of["clinic"]),
        ["subscriptions", "users", "customers"],
        language,
    )
    scene.person(
        "neighbour",
        "Basile Four",
        ScopeGiven(customer_id=of["bakery"]),
        ["subscriptions", "users", "customers", "administrators"],
        language,
    )
    scene.person("theo", "Théo Lantier", ScopeGiven(customer_id=of["clinic"]), ["users"], language)
    scene.person("nobody", "Nina Sansrole", ScopeGiven(customer_id=of["clinic"]), [], language)
