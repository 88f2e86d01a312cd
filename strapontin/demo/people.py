"""The administrators of the demo, and the sign-ins that are shown to visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from strapontin.access.models import ROLES
from strapontin.demo.cast import CLINIC, COMETE, LARKSPUR, OPALINE, PROVIDER, customer

Language = Literal["fr", "en"]
# One for all, easy to type: it opens nothing but invented data.
PASSWORD = "strapontin-demo"  # noqa: S105  shown on purpose


@dataclass(frozen=True, slots=True)
class Person:
    """An administrator: of the provider, of the partner ``partner`` or of the customer ``client_id``.

    ``role`` and ``sentence`` say in French and English who that is and what they see. Only people who have them may
    sign in.
    """

    name: str
    email: str
    roles: tuple[str, ...]
    partner: str = ""
    client_id: str = ""
    language: Language = "fr"
    role: tuple[str, str] = ("", "")
    sentence: tuple[str, str] = ("", "")

    @property
    def organisation(self) -> str:
        """The name of whose administrator this is."""
        return customer(self.client_id).name if self.client_id else self.partner or PROVIDER


ALL = tuple(ROLES)
HOUSE = ("subscriptions", "customers", "users", "administrators")

ARMELLE = Person(
    "Armelle Kervadec",
    "armelle@carillon.example",
    ALL,
    role=("Fournisseur", "Provider"),
    sentence=(
        "Voit tous les clients et leurs factures ; lance la facturation.",
        "Sees all customers and their invoices; runs the billing.",
    ),
)
MAUD = Person(
    "Maud Ferrandis",
    "maud@opaline.example",
    ALL,
    partner=OPALINE,
    role=("Partenaire, tous les rôles", "Partner, all roles"),
    sentence=(
        "Alloue, déplace et rend des sièges ; voit les factures de ses clients et de son sous-partenaire.",
        "Allocates, moves and hands back seats; sees the invoices of her customers and of her sub-partner.",
    ),
)
PAUL = Person(
    "Paul Verdon",
    "paul@opaline.example",
    ("users", "stacks"),
    partner=OPALINE,
    role=("Partenaire, technique", "Partner, technician"),
    sentence=(
        "Ajoute des utilisateurs sur des sièges libres ; sans Gestion des souscriptions, n’en alloue pas.",
        "Adds users on free seats; without Subscription management, allocates none.",
    ),
)
HELENE = Person(
    "Hélène Sabourdy",
    "helene@opaline.example",
    ("invoices",),
    partner=OPALINE,
    role=("Partenaire, finance", "Partner, finance"),
    sentence=(
        "Voit les factures du payeur, ligne par ligne.",
        "Sees the payer’s invoices, line by line.",
    ),
)
SOLENE = Person(
    "Solène Barbizet",
    "solene@troischenes.example",
    HOUSE,
    client_id=CLINIC,
    role=("Client, avec Gestion des souscriptions", "Customer, with Subscription management"),
    sentence=(
        "Alloue des sièges à ses cinq sites et synchronise ; ne voit aucun prix.",
        "Allocates seats to the five sites and synchronises; sees no price.",
    ),
)
THEO = Person(
    "Théo Lantier",
    "theo@troischenes.example",
    ("users",),
    client_id=CLINIC,
    role=("Client, sans Gestion des souscriptions", "Customer, without Subscription management"),
    sentence=(
        "Ajoute des utilisateurs ; là où il n’y a plus de siège, apprend qui peut aider.",
        "Adds users; where no seat is free, learns who can help.",
    ),
)
ORLA = Person(
    "Orla Brannigan",
    "orla@larkspur.example",
    ALL,
    partner=LARKSPUR,
    language="en",
    role=("Partenaire en Irlande, tous les rôles", "Partner in Ireland, all roles"),
    sentence=(
        "L’autre partenaire, en anglais ; ses factures sont en autoliquidation.",
        "The other partner, in English; invoiced with reverse charge.",
    ),
)
YANN = Person(
    "Yann Corvoisier", "yann@comete.example", ("subscriptions", "customers", "users", "administrators"), partner=COMETE
)
SIGNING_IN = (ARMELLE, MAUD, PAUL, HELENE, SOLENE, THEO, ORLA)
OTHERS = (
    YANN,
    Person("Aoife Tynedale", "aoife@dandelion.example", HOUSE, client_id="L-3023", language="en"),
    Person("Baptiste Orvanne", "baptiste@valbrume.example", HOUSE, client_id="C-20201"),
    Person("Clara Mésangère", "clara@herisson.example", HOUSE, client_id="C-20177"),
    Person("Rory Gillspie-Dale", "rory@marigold.example", HOUSE, client_id="L-3048", language="en"),
    Person("Sabine Courtecuisse", "sabine@tournesol.example", ("users",), client_id="C-20118"),
    Person("Victor Harmandieu", "victor@cornemuse.example", HOUSE, client_id="C-20161"),
)
EVERYBODY = (*SIGNING_IN, *OTHERS)
IN_CHARGE = {OPALINE: MAUD, COMETE: YANN, LARKSPUR: ORLA}


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in as the demo shows it: who that is, what they see, and the password."""

    name: str
    organisation: str
    role_fr: str
    role_en: str
    sentence_fr: str
    sentence_en: str
    email: str
    password: str


SIGN_INS = tuple(SignIn(p.name, p.organisation, *p.role, *p.sentence, p.email, PASSWORD) for p in SIGNING_IN)


def for_customer(client_id: str) -> list[Person]:
    """Who may change the customer's allocations, the customer's own administrators first."""
    own = [p for p in EVERYBODY if p.client_id == client_id and "subscriptions" in p.roles]
    return [*own, IN_CHARGE[customer(client_id).partner]]
