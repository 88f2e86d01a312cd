"""Every component in every state."""

from datetime import date

from strapontin.web.frame.shapes import Action, Note
from strapontin.web.subscriptions.shapes.allocation import Consequence
from strapontin.web.subscriptions.shapes.customer_list import CustomerRow
from tests.pages.gallery import samples as sample
from tests.pages.gallery.people import UserForm
from tests.pages.gallery.samples import Context

# fmt: off
ICONS = [
    "seats", "clients", "users", "requests", "invoice", "run", "price", "partners", "server", "key",
    "book", "help", "search", "sync", "spin", "ok", "check", "warn", "stop", "info", "wait", "down",
    "chev", "chevr", "chevl", "plus", "minus", "x", "move", "step", "cal", "voice", "uc", "cr", "menu", "theme",
    "globe", "mail", "edit", "undo", "sortd", "sort", "user-plus",
]
# fmt: on


def components() -> Context:
    """Every component in every state."""
    fr = sample.french()
    c = Consequence
    day = date(2023, 7, 25)
    return {
        "now": sample.NOW,
        "bars": [
            sample.fig(0, u, a, n)
            for u, a, n in (
                (113, 126, None),
                (12, 12, None),
                (0, 40, None),
                (47, 45, None),
                (14, 22, 16),
                (0, 0, None),
            )
        ],
        "rows_of_seats": [sample.fig(0, u, a, n) for u, a, n in ((9, 12, None), (10, 8, None), (6, 10, 7))],
        "kinds": [
            (
                kind,
                Note(
                    kind,
                    "6 sièges Voix alloués à Grenoble." if fr else "6 Voice seats allocated.",
                    "126 sièges, dont 13 restants." if fr else "126 seats, 13 of them remaining.",
                    [
                        Action("Allouer 2 sièges" if fr else "Allocate 2 seats", "#", "primary"),
                        Action("Annuler" if fr else "Withdraw", "#", post=True),
                    ],
                ),
            )
            for kind in ("info", "ok", "warn", "stop")
        ],
        "consequences": [
            c(kind="raise", seats=1, until=day, committed_until=sample.YEAR_END),
            c(kind="raise", seats=6),
            c(kind="raise", seats=6, until=day),
            c(kind="lowering", before=22, after=16, on=sample.YEAR_END),
            c(kind="withdrawn", before=22, after=16),
            c(kind="move_in", seats=2, other_site="Voiron"),
            c(kind="move_out", seats=1, other_site="Voiron"),
            c(kind="full", seats=12),
            c(kind="unchanged"),
            c(kind="hand_back", seats=1, on=date(2023, 7, 14), until=date(2023, 7, 21)),
        ],
        "statuses": [
            CustomerRow(
                name="",
                client_id="",
                url="",
                cells=[],
                total=sample.fig(-1, 0, 0),
                term_months=1,
                next_period_starts_on=None,
                status=status,
                status_count=2,
                pending_term_months=36,
            )
            for status in (
                "active",
                "over",
                "full",
                "lowering",
                "term_change",
                "expired",
                "unlimited",
                "not_for_resale",
            )
        ],
        "sync": sample.sync(running=False),
        "effect": sample.effect(),
        "form": UserForm({"email": "ines"}),
        "chart": sample.charts()[2],
        "action": Action("Allouer des sièges" if fr else "Allocate seats", "#", "primary"),
        "icons": ICONS,
    }
