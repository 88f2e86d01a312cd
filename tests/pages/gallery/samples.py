"""The scene of the design as values: Opaline Réseaux on 18 July 2023. Every name is invented."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from strapontin.web.figures.shapes import BillLine, ChangeLine, ChartOfType, Effect, Figures, Month, Renewal, Tax
from strapontin.web.frame.labels import TypeLabel
from strapontin.web.frame.shapes import Helper, Link, MenuGroup, MenuItem
from strapontin.web.subscriptions.shapes.allocation import AllocationRow, Consequence
from strapontin.web.subscriptions.shapes.customer import CustomerHead, CustomerStatus, SiteRow, SiteState
from strapontin.web.subscriptions.shapes.customer_list import CustomerRow
from strapontin.web.subscriptions.shapes.synchronization import Sync, SyncSite
from strapontin.web.users.shapes import Decision

Context = dict[str, Any]

NOW = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)
YEAR_END = date(2024, 1, 1)
EXPORTS = [Link("CSV", "#"), Link("Excel", "#")]


def french() -> bool:
    """Whether the reader's language is French."""
    return (get_language() or "fr").startswith("fr")


def types() -> tuple[TypeLabel, TypeLabel, TypeLabel]:
    """The three types in the reader's language."""
    if french():
        return (
            TypeLabel("voice", "Voix"),
            TypeLabel("uc", "Communication unifiée", "Com. unifiée"),
            TypeLabel("cr", "Relation client"),
        )
    return (
        TypeLabel("voice", "Voice"),
        TypeLabel("uc", "Unified Communication", "Unified Com."),
        TypeLabel("cr", "Customer Relationship", "Customer Rel."),
    )


def fig(at: int, used: int, allocated: int, next_cycle: int | None = None) -> Figures:
    """Figures of the type at the place ``at``; -1 is all types together."""
    label = types()[at] if at >= 0 else TypeLabel("", "Tous types" if french() else "All types")
    later = allocated if next_cycle is None else next_cycle
    remaining = max(0, min(allocated, later) - used)
    over = max(0, used - allocated)
    return Figures(type=label, allocated=allocated, used=used, remaining=remaining, next_cycle=later, over=over)


def row_of(*pairs: tuple[int, int]) -> list[Figures]:
    """Figures of the three types from (used, allocated)."""
    return [fig(at, used, allocated) for at, (used, allocated) in enumerate(pairs)]


def frame_of(current: str) -> list[MenuGroup]:
    """The menu of a partner's administrator."""
    fr = french()
    entries = [
        ("seats", "Souscriptions" if fr else "Subscriptions", 0),
        ("clients", "Clients" if fr else "Customers", 0),
        ("users", "Utilisateurs" if fr else "Users", 0),
        ("requests", "Demandes" if fr else "Requests", 3),
        ("invoice", "Factures" if fr else "Invoices", 0),
    ]
    waiting = "en attente" if fr else "waiting"
    items = [MenuItem(text, "#", icon, icon == current, count, waiting) for icon, text, count in entries]
    settings = [
        MenuItem("Stacks", "#", "server"),
        MenuItem("Administrateurs" if fr else "Administrators", "#", "key"),
        MenuItem("Journal", "#", "book"),
    ]
    return [MenuGroup(items), MenuGroup(settings, "Réglages" if fr else "Settings")]


VOICE = (3890, 3930, 3985, 4040, 4072, 4110, 4160, 4203, 4251, 4290, 4339, 4377)
VOICE_ALLOCATED = (4310, 4330, 4392, 4420, 4455, 4490, 4560, 4602, 4668, 4715, 4774, 4812)
UC = (1690, 1722, 1751, 1790, 1822, 1858, 1890, 1933, 1971, 2010, 2046, 2071)
UC_ALLOCATED = (1880, 1890, 1930, 1965, 2001, 2040, 2070, 2120, 2160, 2204, 2242, 2270)
CR = (11, 12, 13, 13, 14, 15, 15, 17, 17, 18, 21, 19)
CR_ALLOCATED = (14, 14, 14, 16, 16, 18, 18, 18, 20, 20, 20, 22)


def chart(at: int, used: Sequence[int], allocated: Sequence[int]) -> ChartOfType:
    """Twelve months that end in July 2023."""
    days = [date(2022, n, 1) for n in range(8, 13)] + [date(2023, n, 1) for n in range(1, 8)]
    months = [Month(d, a, u) for d, a, u in zip(days, allocated, used, strict=True)]
    return ChartOfType(types()[at], months)


def charts() -> list[ChartOfType]:
    """Three types; the last with a month above its allocation."""
    return [chart(0, VOICE, VOICE_ALLOCATED), chart(1, UC, UC_ALLOCATED), chart(2, CR, CR_ALLOCATED)]


def customer_rows() -> list[CustomerRow]:
    """A page of customers with every state."""
    made: list[tuple[str, str, list[Figures], int, date | None, CustomerStatus, int]] = [
        (
            "Assurances Tire-Bouchon",
            "C-20033",
            row_of((84, 90), (40, 40), (22, 24)),
            12,
            date(2024, 3, 1),
            "active",
            0,
        ),
        (
            "Boulangeries Tournesol",
            "C-20118",
            row_of((142, 150), (18, 20), (0, 0)),
            1,
            date(2023, 8, 1),
            "active",
            0,
        ),
        (
            "Clinique des Trois Chênes",
            "C-20417",
            row_of((213, 235), (76, 84), (19, 22)),
            12,
            YEAR_END,
            "over",
            2,
        ),
        (
            "Coopérative du Pré-Bleu",
            "C-20142",
            row_of((64, 80), (22, 24), (6, 6)),
            12,
            date(2023, 11, 1),
            "lowering",
            0,
        ),
        ("Garage Cornemuse", "C-20161", row_of((9, 9), (2, 2), (0, 0)), 1, date(2023, 8, 1), "full", 0),
        ("Imprimerie Virgule", "C-20180", row_of((27, 26), (11, 12), (0, 0)), 1, date(2023, 8, 1), "over", 1),
        (
            "Librairies Point-Virgule",
            "C-20192",
            row_of((44, 50), (12, 15), (3, 4)),
            12,
            YEAR_END,
            "term_change",
            0,
        ),
        ("Menuiserie Bec-de-Lune", "C-20209", row_of((0, 12), (0, 4), (0, 0)), 1, None, "expired", 0),
        (
            "Opaline Réseaux, interne",
            "C-20000",
            row_of((14, 20), (6, 6), (0, 0)),
            1,
            None,
            "not_for_resale",
            0,
        ),
    ]
    return [
        CustomerRow(
            name=name,
            client_id=client_id,
            url="#",
            cells=cells,
            total=fig(-1, sum(c.used for c in cells), sum(c.allocated for c in cells)),
            term_months=months,
            next_period_starts_on=starts_on,
            status=status,
            status_count=count,
            pending_term_months=36,
        )
        for name, client_id, cells, months, starts_on, status, count in made
    ]


def customer() -> CustomerHead:
    """The clinic of the design."""
    return CustomerHead(
        name="Clinique des Trois Chênes",
        client_id="C-20417",
        term_months=12,
        url="#",
        period_start=date(2023, 1, 1),
        period_end=YEAR_END,
    )


def sites() -> list[SiteRow]:
    """Five sites, each in another state."""
    read = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)
    old = datetime(2023, 7, 17, 0, 10, tzinfo=UTC)
    meylan = [fig(0, 14, 22, 16), fig(1, 17, 20), fig(2, 4, 6)]
    made: list[tuple[str, str, datetime, list[Figures], SiteState, bool]] = [
        ("Grenoble, siège", "Grenoble-A", read, row_of((113, 120), (38, 40), (12, 12)), "full", False),
        ("Échirolles, imagerie", "Grenoble-A", read, row_of((24, 30), (9, 10), (0, 0)), "free", False),
        ("Voiron, rééducation", "Isère-2", read, row_of((47, 45), (6, 8), (3, 4)), "over", False),
        ("Crolles, laboratoire", "Isère-2", read, row_of((15, 18), (6, 6), (0, 0)), "full", True),
        ("Meylan, administration", "Meylan-1", old, meylan, "lowering", False),
    ]
    return [
        SiteRow(
            name=name,
            cells=cells,
            state=state,
            state_count=2,
            full_types=[types()[2]],
            stack=stack,
            synchronized_at=at,
            synchronizing=running,
            url="#",
            change_url="/pages/allocation_sheet/",
        )
        for name, stack, at, cells, state, running in made
    ]


def sync(*, running: bool) -> Sync:
    """A synchronisation with every outcome."""
    at, old = NOW, datetime(2023, 7, 17, 0, 10, tzinfo=UTC)
    silent = "Meylan-1 n’a pas répondu à temps." if french() else "Meylan-1 did not answer in time."
    refused = (
        "Le stack refuse notre accès. Vérifiez le compte de service ; les autres sites sont à jour."
        if french()
        else "The stack refuses our access. Check the service account; the other sites are up to date."
    )
    last: SyncSite = SyncSite(name="Crolles, laboratoire", state="counts", stack="Isère-2", used=21)
    if not running:
        last = SyncSite(name="Crolles, laboratoire", state="done", stack="Isère-2", used=21, at=at)
    return Sync(
        running=running,
        poll_url="/pages/sync_update/",
        finished_at=None if running else at,
        sites=[
            SyncSite(name="Grenoble, siège", state="done", used=163, at=at),
            SyncSite(name="Échirolles, imagerie", state="done", used=33, other_email=1, at=at),
            SyncSite(name="Voiron, rééducation", state="done", used=56, unknown_users=2, users_url="#", at=at),
            last,
            SyncSite(name="Meylan, administration", state="silent", stack="Meylan-1", kept_from=old, reason=silent),
            SyncSite(name="Corenc, annexe", state="refused", kept_from=old, reason=refused),
            SyncSite(name="Saint-Égrève", state="waiting")
            if running
            else SyncSite(name="Saint-Égrève", state="done", used=0, at=at),
        ],
    )


def bill_line(at: int, quantity: int, price: str, amount: str, **more: object) -> BillLine:
    """A line of a whole month unless ``more`` says otherwise."""
    values: dict[str, object] = {
        "type": types()[at],
        "quantity": quantity,
        "unit_price": Decimal(price),
        "months": 1,
        "start": date(2023, 7, 1),
        "end": date(2023, 8, 1),
        "days": 31,
        "period_days": 31,
        "amount": Decimal(amount),
    }
    return BillLine(**{**values, **more})  # type: ignore[arg-type]


YEAR = {"months": 12, "end": YEAR_END, "period_days": 365}


def effect() -> Effect:
    """Six seats more, two handed back; the second line is one that rounding parts from its formula."""
    more = bill_line(0, 6, "8.55", "281.66", **YEAR, start=date(2023, 7, 18), days=167)
    kept = bill_line(1, 2, "15.39", "4.05", **YEAR | {"end": date(2023, 7, 18)}, start=date(2023, 7, 14), days=4)
    planned = bill_line(1, 2, "15.39", "173.04", **YEAR, start=date(2023, 7, 14), days=171)
    return Effect(
        invoice_date=date(2023, 8, 1),
        difference=Decimal("112.67"),
        changes=[
            ChangeLine(type=types()[0], quantity=6, amount=more.amount, lines=[more]),
            ChangeLine(type=types()[1], quantity=2, amount=kept.amount, lines=[kept], replaced=planned.amount),
        ],
        planned=[planned],
        planned_net=planned.amount,
        net=Decimal("285.71"),
        taxes=[vat("57.14", "285.71")],
        total=Decimal("342.85"),
        currency="EUR",
        renewal=Renewal(on=YEAR_END, months=12, amount=Decimal("615.60")),
    )


def vat(amount: str, base: str) -> Tax:
    """French VAT at 20 %."""
    return Tax(name="TVA" if french() else "VAT", rate=Decimal(20), base=Decimal(base), amount=Decimal(amount))


def allocation_rows() -> list[AllocationRow]:
    """A raise, a hand-back and a refused lowering."""
    return [
        AllocationRow(
            figures=fig(0, 113, 120),
            name="voice",
            typed="126",
            consequences=[Consequence(kind="raise", seats=6, until=date(2023, 7, 25), committed_until=YEAR_END)],
        ),
        AllocationRow(
            figures=fig(1, 38, 40),
            name="uc",
            typed="38",
            consequences=[Consequence(kind="hand_back", seats=2, on=date(2023, 7, 14), until=date(2023, 7, 21))],
        ),
        AllocationRow(figures=fig(2, 12, 12), name="cr", typed="10", in_the_way=2, users_url="#"),
    ]


def decision(*, may_allocate: bool) -> Decision:
    """Inès Caradec arrives, and no seat is free."""
    line = bill_line(2, 1, "35.91", "197.16", **YEAR, start=date(2023, 7, 18), days=167)
    bill = Effect(
        invoice_date=date(2023, 8, 1),
        difference=line.amount,
        changes=[ChangeLine(type=line.type, quantity=1, amount=line.amount, lines=[line])],
        planned=[],
        planned_net=Decimal("0.00"),
        net=Decimal("197.16"),
        taxes=[vat("39.43", "197.16")],
        total=Decimal("236.59"),
        currency="EUR",
    )
    return Decision(
        may_allocate=may_allocate,
        type=types()[2],
        site="Grenoble, siège",
        allocated=12,
        used=12,
        next_cycle=12,
        missing=1,
        full_name="Inès Caradec",
        effect=bill if may_allocate else None,
        digest="d1",
        hand_back_until=date(2023, 7, 25),
        committed_until=YEAR_END,
        move_from="Voiron, rééducation",
        helpers=[
            Helper(name="Solène Barbizet", organisation="Clinique des Trois Chênes"),
            Helper(name="Maud Ferrandis", organisation="Opaline Réseaux", is_partner=True),
        ],
    )


def crumbs(*texts: str) -> list[Link]:
    """Crumbs that lead nowhere."""
    return [Link(text, "#") for text in texts]
