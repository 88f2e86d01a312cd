"""A small scene for the pages, on 18 July 2023 (DESIGN).

``strapontin`` the provider · ``Opaline Réseaux`` a paying partner with two customers · ``Tramontane`` another
partner, the outsider. Every name is invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.models import ROLES
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.allocations.exchanges import apply_exchange
from strapontin.allocations.rules import Exchange
from strapontin.billing.runs import execute_run, request_run
from strapontin.customers.months import close_month_before
from strapontin.demo.furnishing import THE_PROVIDER, Furnisher, open_accounts
from strapontin.demo.population import ascii_name
from strapontin.imports.bulk_allocations import request_bulk_allocation
from strapontin.imports.bulk_execution import execute_bulk_allocation
from strapontin.imports.execution import execute_import
from strapontin.imports.spreadsheets import SentFile
from strapontin.imports.user_imports import request_import
from strapontin.jobs.daily import work_day
from strapontin.organisation.settings import Settings, load
from strapontin.provider.clock import set_clock
from strapontin.requests.drafts import NewRequest
from strapontin.requests.rules import AskedSeats
from strapontin.seats.claims import NewUser

PASSWORD = "quatre-sieges-libres"
NOW = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)


def at(month: int, day: int, hour: int = 8) -> datetime:
    """A moment of the year of the scene."""
    return datetime(2023, month, day, hour, tzinfo=UTC)


IN_JANUARY = Furnisher(at=at(1, 1))


@dataclass
class Scene:
    """Who and what there is; ids by the names that tests use."""

    partners: dict[str, UUID] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    requests: dict[str, UUID] = field(default_factory=dict)

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
        facts = {"vat_number": "FR12000000000", "level": "silver"}
        self.partners[key] = IN_JANUARY.make_partner(name, parent_id=above, payer=payer, **facts)

    def customer(self, key: str, name: str, partner: str, *, term: int = 1, not_for_resale: bool = False) -> None:
        """A customer with its first period."""
        self.customers[key] = IN_JANUARY.make_customer(
            name,
            partner_id=self.partners[partner],
            term_months=term,
            client_id=f"C-2{len(self.customers):04d}",
            purchase_order=f"BC-{key}",
            not_for_resale=not_for_resale,
        )

    def site(self, customer: str, key: str, name: str) -> None:
        """A site of a customer."""
        self.sites[key] = IN_JANUARY.make_site(self.customers[customer], name)

    def allocate(self, customer: str, site: str, when: datetime, **quantities: int) -> None:
        """Quantities of a site."""
        of_site = {(self.sites[site], code): quantity for code, quantity in quantities.items()}
        Furnisher(at=when).allocate(self.customers[customer], of_site)

    def exchange(self, customer: str, site: str, when: datetime) -> UUID:
        """A Voice seat of a site becomes a Unified Communication seat; answers the exchange's id."""
        with acting(self.actor):
            grant = grants.allocation_manager(self.actor, self.customers[customer])
            exchange = Exchange(self.sites[site], "voice", "uc", 1)
            applied = apply_exchange(grant, exchange=exchange, settings=load(), at=when)
        return applied.plan.entries[0].id

    def attach(self, customer: str, site: str, stack_id: UUID, tenant_uuid: UUID | None = None) -> UUID:
        """A stack's tenant, the named one or one of its own, for a site; answers the attachment's id."""
        customer_id, site_id = self.customers[customer], self.sites[site]
        return IN_JANUARY.attach_tenant(customer_id, site_id, stack_id=stack_id, tenant_uuid=tenant_uuid)

    def fill(self, customer: str, site: str, when: datetime, **counts: int) -> None:
        """So many users more on a site."""
        furnisher = Furnisher(at=when, settings=self.settings())
        for code, count in counts.items():
            for number in range(len(self.users), len(self.users) + count):
                first = FIRST_NAMES[number % len(FIRST_NAMES)]
                last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
                self.users[f"{site} {code} {number}"] = furnisher.add_user(
                    self.customers[customer],
                    self.sites[site],
                    code,
                    first_name=first,
                    last_name=last,
                    email=f"{ascii_name(first)}.{ascii_name(last)}.{number}@example.org",
                    extension=str(4000 + number),
                )

    def person(self, key: str, name: str, scope: ScopeGiven, roles: Sequence[str] = ROLES) -> None:
        """Somebody who may sign in."""
        self.logins[key] = f"{key}@example.org"
        self.people[key] = IN_JANUARY.make_administrator(name, self.logins[key], scope, roles=roles)

    def ask(
        self, key: str, person: str, site: str, type_code: str, *names: str, when: datetime, note: str = ""
    ) -> None:
        """A request of somebody of the clinic: for users by their first names, or without any for one seat."""
        site_id = self.sites[site]
        seats = [] if names else [AskedSeats(site_id, type_code, 1)]
        users = [NewUser(site_id, type_code, name, email=f"{ascii_name(name)}@example.org") for name in names]
        furnisher = Furnisher(actor=self.people[person], at=when)
        self.requests[key] = furnisher.ask(self.customers["clinic"], NewRequest(users, seats, note))

    def bill(self, month: int) -> None:
        """The invoices of the 1st of a month."""
        when = at(month, 1, 2)
        settings = self.settings()
        with acting(self.actor):
            grant = grants.provider(self.actor)
            run_id = request_run(grant, date=when.date(), preview=False, settings=settings, at=when)
        execute_run(run_id=run_id, settings=settings, at=when)


LIST = """Prénom;Nom;E-mail;Site;Type
Ambre;Sorel;ambre.sorel@example.org;Meylan, administration;Voix
Basile;Tessier;basile.tessier@example.org;Meylan, administration;Voix
Clara;Ubald;clara.ubald@example.org;Échirolles, imagerie;Communication unifiée
"""
QUANTITIES = """Client;Site;Type;Voulus
Clinique des Trois Chênes;Échirolles, imagerie;Voix;9
Clinique des Trois Chênes;Échirolles, imagerie;Communication unifiée;2
"""
FIRST_NAMES = ("Inès", "Paul", "Zoé", "Luc", "Anaïs", "Hugo", "Léa", "Noé", "Rose", "Marc", "Ève")
LAST_NAMES = ("Caradec", "Verdon", "Lamarque", "Ober", "Bastide", "Courtois", "Delorme", "Fabre", "Girard", "Hamel")


def send_list(customer_id: UUID, text: str, *, at: datetime) -> None:
    """A list of users that was checked and waits to be confirmed."""
    actor = system("cli")
    with acting(actor):
        grant = grants.user_manager(actor, customer_id)
        import_id = request_import(grant, file=SentFile(text.encode(), "liste.csv"), preview=True, at=at)
        settings = load()
    execute_import(customer_id=customer_id, import_id=import_id, clock=lambda: (settings, at))


def send_quantities(actor: Actor, text: str, *, at: datetime) -> None:
    """A table of quantities that was checked and waits to be confirmed."""
    with acting(actor):
        file = SentFile(text.encode(), "allocations.csv")
        bulk_id = request_bulk_allocation(grants.overview_reader(actor), file=file, preview=True, at=at)
        settings = load()
    execute_bulk_allocation(bulk_id=bulk_id, clock=lambda: (settings, at))


def build() -> Scene:
    """The scene, in a database with the product's defaults."""
    scene = Scene()
    _found(scene)
    _live(scene)
    _let_in(scene)
    return scene


def _found(scene: Scene) -> None:
    """Partners, customers and sites."""
    IN_JANUARY.change_settings(name="Fournisseur Démo", vat_number="FR44111111118", contact="aide@example.org")
    set_clock(scene.actor, to=NOW, work_day=work_day)
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
    send_list(scene.customers["clinic"], LIST, at=NOW)
    scene.allocate("clinic", "grenoble", at(7, 14), uc=7)


def _let_in(scene: Scene) -> None:
    """Those who may sign in, all with the same password."""
    opaline, tramontane, comete = (
        ScopeGiven(partner_id=scene.partners[key]) for key in ("opaline", "tramontane", "comete")
    )
    clinic, bakery = (ScopeGiven(customer_id=scene.customers[key]) for key in ("clinic", "bakery"))
    house = ("subscriptions", "users", "customers")
    scene.person("provider", "Ada Provider", THE_PROVIDER)
    scene.person("maud", "Maud Ferrandis", opaline)
    scene.person("outsider", "Igor Tramontane", tramontane)
    scene.person("yann", "Yann Corvoisier", comete)
    scene.person("solene", "Solène Barbizet", clinic, house)
    scene.person("neighbour", "Basile Four", bakery, (*house, "administrators"))
    scene.person("theo", "Théo Lantier", clinic, ["users"])
    scene.person("nobody", "Nina Sansrole", clinic, [])
    send_quantities(scene.people["solene"], QUANTITIES, at=NOW)
    for role in ROLES:
        scene.person(f"only_{role}", f"Only {role}", opaline, [role])
    scene.ask("zoe", "theo", "grenoble", "cr", "Zoé", when=at(7, 17, 14), note="Zoé arrive lundi.")
    open_accounts(scene.logins.values(), PASSWORD)
