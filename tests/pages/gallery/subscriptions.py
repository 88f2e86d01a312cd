"""Sample contexts of the subscription pages: what the comment on top of each template lists."""

from datetime import UTC, date, datetime
from decimal import Decimal

from strapontin.web.frame.shapes import Filter, Link, Note, Option, Paging, Sorting
from strapontin.web.subscriptions.shapes.allocation import Act, AllocationRow, Consequence, TypeOption
from strapontin.web.subscriptions.shapes.customer import CustomerCard, HistoryRow, OverUse, Pending
from strapontin.web.subscriptions.shapes.overview import OverviewCard, TermRow, ToDo, Upcoming
from strapontin.web.subscriptions.situation import Situation, SituationForm
from tests.pages.gallery import outlook
from tests.pages.gallery import samples as sample
from tests.pages.gallery.samples import EXPORTS, Context, crumbs


def _tabs(current: int) -> list[Link]:
    words = ("Aperçu des clients", "Détail par client") if sample.french() else ("Overview", "Details by customer")
    return [Link(word, "#", at == current) for at, word in enumerate(words)]


def _subscriptions(current: int) -> Context:
    return {
        "organisation": "Opaline Réseaux",
        "customers": 148,
        "not_for_resale": 1,
        "now": sample.NOW,
        "tabs": _tabs(current),
        "types": sample.types(),
        "exports": EXPORTS,
        "new_customer_url": "#",
    }


def overview() -> Context:
    """The overview of a partner."""
    since = date(2023, 6, 30)
    figures = sample.row_of((4377, 4812), (2071, 2270), (346, 370))
    cards = [
        OverviewCard(figures=each, since=since, allocated_change=up, used_change=more)
        for each, up, more in zip(figures, (38, 28, -8), (38, 25, 0), strict=True)
    ]
    terms = [
        (1, 61, ((1071, 1204), (548, 612), (88, 96))),
        (12, 66, ((2214, 2385), (1052, 1140), (201, 214))),
        (36, 21, ((1092, 1223), (471, 518), (57, 60))),
        (0, 148, ((4377, 4812), (2071, 2270), (346, 370))),
    ]
    rows = [
        TermRow(
            months=months,
            customers=customers,
            cells=sample.row_of(*pairs),
            total=sample.fig(-1, sum(p[0] for p in pairs), sum(p[1] for p in pairs)),
            url="#",
        )
        for months, customers, pairs in terms
    ]
    return _subscriptions(0) | {
        "cards": cards,
        "charts": sample.charts(),
        "terms": rows[:3],
        "all_terms": rows[3],
        "todo": ToDo(
            over_seats=4,
            over_customers=3,
            over_url="#",
            full_customers=5,
            full_url="#",
            soon_full=2,
            soon_full_first=outlook.running_out("Boulangeries Tournesol"),
            soon_full_url="#",
        ),
        "renewals": outlook.renewals(),
        "renewals_count": 3,
        "renewals_url": "#",
        "upcoming": Upcoming(
            periods_on=date(2023, 8, 1),
            periods=64,
            term_changes=3,
            lowerings=7,
            periods_url="#",
            renewals=3,
            renewals_with_unused=2,
            renewals_url="#",
        ),
    }


def overview_quiet() -> Context:
    """Nothing waits, and the reader sees no amounts."""
    return overview() | {"todo": ToDo(), "upcoming": None, "renewals": []}


def overview_empty() -> Context:
    """A partner without customers."""
    return overview() | {"cards": [], "customers": 0}


def customer_list() -> Context:
    """Customers, sorted by name."""
    keys = ("name", "voice", "uc", "cr", "total", "term", "next", "status")
    fr = sample.french()
    words = ("Type", "Engagement", "Statut") if fr else ("Type", "Term", "Status")
    filters = [Filter(word.lower(), word, [Option("", word), Option("x", "12")]) for word in words]
    filters.append(Filter("sort", "Trier par" if fr else "Sort by", [Option("", "Nom" if fr else "Name")], True))
    return _subscriptions(1) | {
        "rows": sample.customer_rows(),
        "total": sample.row_of((4377, 4812), (2071, 2270), (346, 370)),
        "grand_total": sample.fig(-1, 6794, 7452),
        "listed": 148,
        "listed_over": 3,
        "left_out": 1,
        "sorting": Sorting({key: f"?sort={key}" for key in keys}, "name", "ascending"),
        "paging": Paging(first=1, last=9, total=148, page=1, pages=17, next_url="?page=2"),
        "list_url": "/pages/customer_list/",
        "search": "",
        "filters": filters,
        "bulk_url": "#",
        "clear_url": "#",
    }


def customer_list_none() -> Context:
    """A search that finds nothing."""
    return customer_list() | {"rows": [], "listed": 0, "listed_over": 0, "left_out": 0, "search": "tournsol"}


def _history() -> list[HistoryRow]:
    voice, uc, _ = sample.types()
    made = [
        ((2023, 7, 14, 7, 5), "Maud Ferrandis", "Grenoble, siège", "", uc, 2, 40),
        ((2023, 6, 12, 9, 48), "Théo Lantier", "Grenoble, siège", "", voice, 5, 120),
        ((2023, 6, 12, 9, 47), "Maud Ferrandis", "Échirolles", "Meylan", voice, 4, 30),
        ((2023, 5, 30, 1, 0), "API", "Voiron, rééducation", "", voice, -2, 45),
    ]
    return [
        HistoryRow(
            recorded_at=datetime(*at, tzinfo=UTC),
            who=who,
            door="écran" if sample.french() else "screen",
            site=site,
            other_site=other,
            type=type_,
            delta=delta,
            quantity_after=after,
        )
        for at, who, site, other, type_, delta, after in made
    ]


def customer() -> Context:
    """The clinic while it is synchronised."""
    figures = [sample.fig(0, 213, 235, 229), sample.fig(1, 76, 84), sample.fig(2, 19, 22)]
    prices = (Decimal("8.55"), Decimal("15.39"), Decimal("35.91"))
    voice, uc, _ = sample.types()
    first = sample.YEAR_END
    return {
        "customer": sample.customer(),
        "crumbs": crumbs("Souscriptions", "Détail par client"),
        "now": sample.NOW,
        "page_url": "/pages/customer/",
        "exports": EXPORTS,
        "sync_url": "/pages/customer/",
        "history_url": "#",
        "edit_url": "",
        "new_site_url": "#",
        "sync": sample.sync(running=True),
        "running_out": outlook.running_out(),
        "unused": outlook.unused(),
        "over_uses": [
            OverUse(
                site="Voiron, rééducation",
                type=voice,
                used=47,
                allocated=45,
                allocate_url="/pages/allocation_sheet/",
                move_from="Échirolles, imagerie",
                move_url="/pages/allocation_sheet/",
                users_url="#",
            )
        ],
        "cards": [
            CustomerCard(figures=each, next_cycle_on=first, unit_price=price)
            for each, price in zip(figures, prices, strict=True)
        ],
        "types": sample.types(),
        "sites": sample.sites(),
        "site_total": figures,
        "situation": Situation(SituationForm()),
        "charts": sample.charts(),
        "history": _history(),
        "pending": [
            Pending(
                kind="lowering",
                on=first,
                site="Meylan",
                type=voice,
                before=22,
                after=16,
                by="Maud Ferrandis",
                asked_on=date(2023, 7, 3),
                action_url="#",
            ),
            Pending(
                kind="term",
                on=first,
                type=voice,
                before=12,
                after=36,
                action_url="#",
            ),
            Pending(
                kind="hand_back",
                site="Grenoble",
                type=uc,
                seats=2,
                added_on=date(2023, 7, 14),
                until=date(2023, 7, 21),
                action_url="#",
            ),
        ],
        "shows_prices": True,
    }


def customer_calm() -> Context:
    """The same without trouble, without prices, after a synchronisation."""
    return customer() | {
        "sync": sample.sync(running=False),
        "over_uses": [],
        "pending": [],
        "history": [],
        "shows_prices": False,
    }


def customer_new() -> Context:
    """A customer without a site."""
    return customer_calm() | {"sync": None, "sites": [], "charts": [], "cards": []}


def allocation() -> Context:
    """Quantities and their effect."""
    return {
        "site": "Grenoble, siège",
        "customer": sample.customer(),
        "crumbs": crumbs("Souscriptions", "Clinique des Trois Chênes"),
        "rows": sample.allocation_rows(),
        "effect": sample.effect(),
        "partner": "Opaline Réseaux",
        "digest": "d1",
        "seen": "",
        "doubled": "",
        "act": Act("mixed"),
        "changes": 2,
        "refused": 0,
        "refusal": None,
        "save_url": "/pages/allocation_changed/",
        "preview_url": "/pages/allocation_preview/",
        "back_url": "/pages/customer/",
        "quantities_url": "#",
        "move_url": "#",
        "exchange_url": "/pages/exchange_sheet/",
        "focus": "voice",
    }


def exchange() -> Context:
    """An exchange and its effect."""
    voice, uc, _cr = sample.types()
    giver, taker = (sample.fig(n, used, allocated) for n, (used, allocated) in enumerate(((38, 40), (13, 15))))
    rows = [
        AllocationRow(figures=giver, name="voice", typed="38", consequences=[Consequence(kind="move_out", seats=2)]),
        AllocationRow(figures=taker, name="uc", typed="17", consequences=[Consequence(kind="move_in", seats=2)]),
    ]
    price = Decimal("15.39")
    return allocation() | {
        "undoing": None,
        "possible": True,
        "givers": [TypeOption(figures=giver, selected=True), TypeOption(figures=taker, selected=False, reason="–")],
        "takers": [TypeOption(figures=taker, selected=True, unit_price=price, currency="EUR")],
        "giver": voice,
        "taker": uc,
        "rows": rows,
        "seats": "2",
        "count": 2,
        "mistake": "",
        "unpriced": False,
        "undo_until": date(2023, 7, 25),
        "committed_until": date(2024, 1, 1),
        "lowers_on": date(2024, 1, 1),
        "users_url": "#",
    }


def allocation_changed() -> Context:
    """The figures changed meanwhile; the reader is a customer's administrator, without amounts."""
    fr = sample.french()
    title = "Les chiffres ont changé pendant que vous étiez ici." if fr else "The figures changed while you were here."
    body = "Rien n’a été enregistré ; voici les nouveaux." if fr else "Nothing was saved; these are the new ones."
    return allocation() | {"effect": None, "refusal": Note("warn", title, body, focus=True), "move_url": ""}


def sync_update() -> Context:
    """The answer to a poll."""
    return {"sync": sample.sync(running=False), "now": sample.NOW}


def nothing() -> Context:
    """For pages that need nothing."""
    return {}
