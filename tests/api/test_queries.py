"""How many statements each kind of request costs: pinned, since each costs more than most of its work."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Answer
from tests.cast import Cast


def statements(ask: Callable[[], Answer]) -> list[str]:
    """The first words of the statements that a request sends, the second time it is made."""
    assert ask().status < 300
    with CaptureQueriesContext(connection) as captured:
        assert ask().status < 300
    return [query["sql"].split()[0] for query in captured.captured_queries]


def test_a_seat_claim(cast: Cast) -> None:
    cast.clock("2022-09-15")
    site = cast.brumes.site()
    site.allocate(voice=10)
    users = iter(range(10))

    def claim() -> Answer:
        number = next(users)
        body = {"first_name": "Ana", "email": f"{number}@example.org", "site": site.id, "type": "voice"}
        return cast.brumes.administrator.post(f"{cast.brumes.path}/users", body, key=str(number))

    # Key and settings; role and scope; lock and kept answer; the grant; claim, journal and all; the answer kept;
    # the end of the transaction.
    assert len(statements(claim)) <= 7


def test_a_new_user_is_shown_as_it_was_written(cast: Cast) -> None:
    site = cast.brumes.site()
    body = {"first_name": " Ana ", "last_name": "Bé", "email": "ana@example.org", "extension": "101", "enabled": False}
    made = cast.provider.made(f"{cast.brumes.path}/users", body | {"site": site.id, "type": "uc"})
    read = cast.provider.get(f"{cast.brumes.path}/users/{made.id}")
    assert (made.body, made.etag) == (read.body, read.etag)
    site.attach()
    body |= {"site": site.id, "type": "uc", "email": "bob@example.org"}
    made = cast.provider.made(f"{cast.brumes.path}/users", body)
    read = cast.provider.get(f"{cast.brumes.path}/users/{made.id}")
    assert (made.body, made.etag) == (read.body, read.etag)


def test_pages_do_not_grow(cast: Cast) -> None:
    pages = {
        "/clock": 3,
        "/customers": 5,
        f"/customers/{cast.brumes.id}": 6,
        f"/customers/{cast.brumes.id}/sites": 6,
        f"/customers/{cast.brumes.id}/subscriptions": 8,
        f"/customers/{cast.brumes.id}/users": 9,
        "/users": 8,
        f"/customers/{cast.brumes.id}/ledger": 6,
        "/partners": 5,
        "/overview": 8,
        "/invoices": 7,
        "/price-lists": 5,
        "/journal": 6,
        "/administrators": 5,
        "/api-keys": 5,
        "/stacks": 5,
        "/billing-runs": 5,
    }
    before = {path: len(statements(lambda path=path: cast.provider.get(path))) for path in pages}  # type: ignore[misc]
    assert {path: count for path, count in before.items() if count > pages[path]} == {}
    for number in range(5):
        site = cast.brumes.site(f"Site {number}")
        site.add_users(3)
        site.allocate(voice=5, uc=2)
    cast.bill("2022-06-01")
    after = {path: len(statements(lambda path=path: cast.provider.get(path))) for path in pages}  # type: ignore[misc]
    grown = {path: (before[path], after[path]) for path in pages if after[path] > before[path]}
    # Lines and taxes are read only where there are invoices.
    assert grown.keys() <= {"/invoices"}
    assert after["/invoices"] <= pages["/invoices"]
