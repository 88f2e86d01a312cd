"""Who is in the demo: the provider's partners, forty customers, their sites and stacks. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass, field

PROVIDER = "Carillon Télécom"
OPALINE, COMETE, LARKSPUR = "Opaline Réseaux", "Comète Bureautique", "Larkspur Voice"
# The last one is down: nothing answers at its address.
GRENOBLE, ATLAS, MEYLAN = "Grenoble-A", "Atlas-2", "Meylan-1"
STACKS = (GRENOBLE, ATLAS, MEYLAN)
OWNERS = {GRENOBLE: OPALINE, ATLAS: None, MEYLAN: OPALINE}
TYPES = ("voice", "uc", "cr")


@dataclass(frozen=True, slots=True)
class Partner:
    """A reseller of the demo; the customers below one that does not pay are invoiced to its parent."""

    name: str
    parent: str | None
    level: str
    country: str
    address: str
    vat_number: str
    language: str
    payer: bool = True


PARTNERS = (
    Partner(OPALINE, None, "silver", "FR", "7 quai des Marmottes\n38000 Grenoble", "FR66000000018", "fr"),
    Partner(COMETE, OPALINE, "bronze", "FR", "2 place du Pressoir\n26000 Valence", "FR90000000026", "fr", payer=False),
    Partner(LARKSPUR, None, "gold", "IE", "14 Teasel Lane\nDublin", "IE0000001B", "en"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site with its users of today per type.

    ``free`` fixes the seats left beside them, where a story needs the number. ``attached_ago`` is how many days
    ago the stack was attached, where the users were first entered by hand.
    """

    name: str
    users: tuple[int, int, int]
    stacks: tuple[str, ...] = (GRENOBLE,)
    free: tuple[int, int, int] | None = None
    attached_ago: int | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the demo.

    At the beginning of the story it exists with a cycle that began ``since_months`` months before today (on
    ``since_day``) or ``since_days`` days before the beginning; with neither, the cycle begins with the story.
    With ``age_days`` it is created that many days ago.
    """

    name: str
    client_id: str
    domain: str
    partner: str
    term_months: int
    sites: tuple[Site, ...] = field(repr=False)
    since_months: int = 0
    since_day: int = 1
    since_days: int = 0
    age_days: int = 0
    not_for_resale: bool = False

    @property
    def anniversary(self) -> bool:
        """Whether its periods begin on a day of its own."""
        return self.since_months > 0 or self.since_days > 0

    @property
    def english(self) -> bool:
        """Whether its people have English names."""
        return self.partner == LARKSPUR


NO_STACK: tuple[str, ...] = ()
ATLAS_ONLY, MEYLAN_ONLY = (ATLAS,), (MEYLAN,)

# fmt: off
_OPALINE = (
    Customer("Assurances Tire-Bouchon", "C-20033", "tire-bouchon", OPALINE, 12, (
        Site("Lyon, siège", (18, 9, 6)),
        Site("Chambéry, agence", (6, 3, 0)),
        Site("Annecy, agence", (5, 2, 0)),
    ), since_months=20),
    Customer("Boulangeries Tournesol", "C-20118", "tournesol", OPALINE, 1, (
        Site("Fournil central", (13, 3, 0)),
        Site("Place du Marché", (4, 0, 0)),
        Site("Gare", (4, 0, 0), NO_STACK),
        Site("Île Verte", (3, 0, 0)),
        Site("Eybens", (3, 0, 0), attached_ago=60),
    )),
    Customer("Cabinet Plume & Associés", "C-20125", "plume", OPALINE, 36, (
        Site("Grenoble", (12, 11, 2)),
        Site("Paris", (5, 4, 0), ATLAS_ONLY),
    ), since_months=22),
    Customer("Clinique des Trois Chênes", "C-20417", "troischenes", OPALINE, 12, (
        Site("Grenoble, siège", (38, 13, 6), free=(2, 0, 0)),
        Site("Échirolles, imagerie", (8, 4, 0), free=(0, 1, 0)),
        Site("Voiron, rééducation", (15, 3, 2), free=(0, 1, 1)),
        Site("Crolles, laboratoire", (6, 4, 0), ATLAS_ONLY, free=(2, 0, 0)),
        Site("Meylan, administration", (7, 8, 2), MEYLAN_ONLY, free=(7, 2, 1)),
    ), since_months=19),
    Customer("Coopérative du Pré-Bleu", "C-20142", "pre-bleu", OPALINE, 12, (
        Site("Siège", (14, 6, 2), free=(6, 1, 0)),
        Site("Entrepôt", (6, 1, 0), attached_ago=200),
        Site("Magasin", (5, 0, 0), NO_STACK),
    ), since_months=23),
    Customer("École des Nuages", "C-20155", "nuages", OPALINE, 36, (
        Site("Campus", (24, 10, 0), (GRENOBLE, ATLAS)),
        Site("Internat", (8, 2, 0)),
        Site("Administration", (6, 6, 0)),
    ), since_months=21),
    Customer("Garage Cornemuse", "C-20161", "cornemuse", OPALINE, 1, (
        Site("Atelier", (7, 2, 0), NO_STACK, free=(0, 0, 0)),
    )),
    Customer("Hôtels du Hérisson", "C-20177", "herisson", OPALINE, 12, (
        Site("Grenoble", (16, 4, 2)),
        Site("Villard-de-Lans", (10, 2, 0)),
        Site("Autrans", (8, 1, 0), ATLAS_ONLY),
        Site("Réservations", (4, 4, 8), ATLAS_ONLY),
    ), since_months=22),
    Customer("Imprimerie Virgule", "C-20180", "virgule", OPALINE, 1, (
        Site("Atelier", (14, 6, 0), free=(0, 1, 0)),
    )),
    Customer("Librairies Point-Virgule", "C-20192", "point-virgule", OPALINE, 12, (
        Site("Grenoble", (8, 3, 1)),
        Site("Valence", (6, 2, 0)),
        Site("Annecy", (5, 1, 0)),
    ), since_months=16),
    Customer("Mairie de Valbrume", "C-20201", "valbrume", OPALINE, 36, (
        Site("Hôtel de ville", (20, 10, 4)),
        Site("Centre technique", (8, 2, 0)),
        Site("Médiathèque", (6, 2, 0), MEYLAN_ONLY),
    ), since_months=23),
    Customer("Menuiserie Bec-de-Lune", "C-20209", "bec-de-lune", OPALINE, 1, (
        Site("Atelier", (6, 2, 0), NO_STACK),
    ), age_days=250),
    Customer("Pharmacies Pissenlit", "C-20214", "pissenlit", OPALINE, 12, (
        Site("Centre", (8, 3, 1), free=(1, 1, 0)),
        Site("Meylan", (5, 2, 0), MEYLAN_ONLY),
        Site("Saint-Égrève", (5, 1, 0)),
    ), since_months=16, since_day=9),
    Customer("Transports Girolle", "C-20230", "girolle", OPALINE, 1, (
        Site("Siège", (13, 8, 8), free=(4, 0, 0)),
        Site("Dépôt nord", (8, 1, 0)),
        Site("Dépôt sud", (8, 1, 2)),
    )),
    Customer("Ateliers Ricochet", "C-20241", "ricochet", OPALINE, 1, (
        Site("Atelier", (9, 3, 0)),
        Site("Bureau d’études", (4, 6, 0), ATLAS_ONLY),
    ), since_days=8),
    Customer("Fromagerie des Deux Lunes", "C-20256", "deux-lunes", OPALINE, 1, (
        Site("Affinage", (6, 1, 0)),
        Site("Boutique", (3, 0, 1), NO_STACK),
    ), age_days=330),
    Customer("Vélos Libellule", "C-20263", "libellule", OPALINE, 1, (
        Site("Boutique", (2, 1, 0), NO_STACK, free=(2, 1, 0)),
    ), age_days=6),
    Customer("Opaline Réseaux, bureaux", "C-20000", "opaline", OPALINE, 1, (
        Site("Grenoble", (10, 10, 4)),
    ), not_for_resale=True),
)
_COMETE = (
    Customer("Auberge du Grand Écureuil", "K-104", "ecureuil", COMETE, 1, (
        Site("Auberge", (8, 1, 1), attached_ago=95),
    )),
    Customer("Cave de Mirelune", "K-111", "mirelune", COMETE, 12, (
        Site("Chai", (8, 3, 0)),
        Site("Caveau", (4, 1, 0), NO_STACK),
    ), since_months=18),
    Customer("Cordonnerie Pas-de-Loup", "K-115", "pas-de-loup", COMETE, 1, (
        Site("Boutique", (3, 1, 0), NO_STACK),
    ), age_days=200),
    Customer("Domaine Sauterelle", "K-119", "sauterelle", COMETE, 36, (
        Site("Château", (10, 4, 1)),
        Site("Serres", (4, 0, 0)),
    ), since_months=25),
    Customer("Gymnase Tourneboule", "K-123", "tourneboule", COMETE, 1, (
        Site("Accueil", (6, 1, 0)),
    ), since_days=3),
    Customer("Laboratoire Papillon", "K-127", "papillon", COMETE, 12, (
        Site("Analyses", (12, 8, 2), ATLAS_ONLY),
        Site("Prélèvements", (6, 2, 0), ATLAS_ONLY),
    ), since_months=21),
    Customer("Notaires Quintefeuille", "K-130", "quintefeuille", COMETE, 12, (
        Site("Étude", (9, 9, 0)),
        Site("Annexe", (4, 2, 0)),
    ), age_days=290),
    Customer("Plomberie Arc-en-Ciel", "K-134", "arc-en-ciel", COMETE, 1, (
        Site("Dépôt", (7, 1, 0), attached_ago=140),
    ), age_days=370),
    Customer("Studio Hirondelle", "K-138", "hirondelle", COMETE, 1, (
        Site("Studio", (3, 6, 0), NO_STACK),
    ), age_days=120),
)
_LARKSPUR = (
    Customer("Applebrook Dental", "L-3004", "applebrook", LARKSPUR, 12, (
        Site("Dublin", (10, 4, 1), ATLAS_ONLY),
        Site("Cork", (6, 2, 0), ATLAS_ONLY),
        Site("Galway", (5, 1, 0), ATLAS_ONLY, attached_ago=110),
    ), since_months=17),
    Customer("Barleycorn Brewing", "L-3011", "barleycorn", LARKSPUR, 1, (
        Site("Brewery", (12, 3, 0), ATLAS_ONLY),
        Site("Taproom", (4, 0, 0), ATLAS_ONLY, attached_ago=80),
    )),
    Customer("Copperkettle Foods", "L-3017", "copperkettle", LARKSPUR, 12, (
        Site("Head office", (12, 7, 3), ATLAS_ONLY),
        Site("Factory", (10, 2, 0), ATLAS_ONLY),
        Site("Warehouse", (8, 0, 0), ATLAS_ONLY),
    ), since_months=19, since_day=14),
    Customer("Dandelion Travel", "L-3023", "dandelion", LARKSPUR, 1, (
        Site("Contact centre", (6, 6, 14), ATLAS_ONLY),
        Site("Head office", (6, 8, 2), ATLAS_ONLY),
    )),
    Customer("Fernhill Schools", "L-3026", "fernhill", LARKSPUR, 36, (
        Site("North school", (18, 6, 0), ATLAS_ONLY),
        Site("South school", (14, 5, 0), ATLAS_ONLY),
        Site("Office", (4, 6, 0), ATLAS_ONLY),
    ), since_months=22),
    Customer("Goldfinch Insurance", "L-3031", "goldfinch", LARKSPUR, 36, (
        Site("Dublin", (14, 12, 8), ATLAS_ONLY),
        Site("Limerick", (8, 5, 4), ATLAS_ONLY),
    ), since_months=24),
    Customer("Hazelwick Council", "L-3035", "hazelwick", LARKSPUR, 36, (
        Site("Civic offices", (22, 12, 6), ATLAS_ONLY),
        Site("Library", (6, 2, 0), ATLAS_ONLY),
        Site("Depot", (6, 1, 0), ATLAS_ONLY),
    ), since_months=16),
    Customer("Inkwell Publishing", "L-3042", "inkwell", LARKSPUR, 12, (
        Site("Editorial", (6, 12, 0), ATLAS_ONLY),
    ), age_days=350),
    Customer("Marigold Care Homes", "L-3048", "marigold", LARKSPUR, 12, (
        Site("Rosebank", (11, 2, 0), ATLAS_ONLY),
        Site("Oakfield", (10, 2, 0), ATLAS_ONLY),
        Site("Seaview", (9, 2, 0), ATLAS_ONLY),
        Site("Office", (3, 5, 2), ATLAS_ONLY),
    ), since_months=20),
    Customer("Nettlefold Legal", "L-3051", "nettlefold", LARKSPUR, 12, (
        Site("Chambers", (9, 13, 0), ATLAS_ONLY),
    ), since_months=15, since_day=31),
    Customer("Quillfeather Studios", "L-3057", "quillfeather", LARKSPUR, 1, (
        Site("Studio", (4, 9, 0), NO_STACK),
    ), age_days=160),
    Customer("Thistledown Logistics", "L-3062", "thistledown", LARKSPUR, 1, (
        Site("Head office", (10, 6, 4), ATLAS_ONLY),
        Site("Hub east", (9, 1, 0), ATLAS_ONLY),
        Site("Hub west", (8, 1, 0), ATLAS_ONLY),
    ), since_days=12),
    Customer("Willowmere Hotels", "L-3066", "willowmere", LARKSPUR, 12, (
        Site("Dublin", (14, 4, 3), ATLAS_ONLY),
        Site("Killarney", (10, 2, 0), ATLAS_ONLY),
        Site("Reservations", (3, 4, 8), ATLAS_ONLY),
    ), since_months=23),
)
# fmt: on
CUSTOMERS = (*_OPALINE, *_COMETE, *_LARKSPUR)
CLINIC = "C-20417"


def customer(client_id: str) -> Customer:
    """The customer with this id in the outside system."""
    return next(c for c in CUSTOMERS if c.client_id == client_id)
