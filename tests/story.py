"""The words to tell a history by hand, for the product and the slow oracle alike. Sites are a, b, c."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tests.oracle.histories import (
    AddPriceList,
    AttachTenant,
    BillingRun,
    Cancel,
    ChangeUser,
    Claim,
    Correct,
    CreateCustomer,
    DailyWork,
    Event,
    Exchange,
    History,
    Reactivate,
    Release,
    Request,
    SetPartner,
    SetTerm,
    StackShows,
    UndoExchange,
)
from tests.oracle.model import Partner, PriceList, Settings
from tests.oracle.stage import moment, price_list

USUAL_PRICES = (price_list(uc="15.00"),)
WITH_CR = price_list("10.00", uc="15.00", cr="25.00", valid_from=date(2000, 1, 2))


class Story:
    """A history being told; times are those on the wall in Paris ("2023-01-20 10:00")."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        partners: Sequence[Partner] = (Partner("p"),),
        price_lists: Sequence[PriceList] = USUAL_PRICES,
    ) -> None:
        self.settings = settings or Settings()
        self.partners = tuple(partners)
        self.price_lists = tuple(price_lists)
        self.events: list[Event] = []

    def customer(
        self,
        day: str,
        *,
        seats: int = 0,
        used: int = 0,
        term: int = 1,
        alignment: str = "calendar",
        name: str = "c",
        partner: str = "p",
        type_code: str = "voice",
        time: str = "08:00",
        on_stack: bool = True,
    ) -> Story:
        """A customer created that morning, with seats and users of one type on site a."""
        hour = time.split(":")[0]
        created = CreateCustomer(moment(f"{day} {time}"), name, partner, term, alignment, on_stack=on_stack)
        self.events.append(created)
        if seats:
            self.ask(f"{day} {hour}:01", ("a", type_code, seats), name=name)
        if used:
            self.stack(f"{day} {hour}:02", used, type_code=type_code, name=name)
        return self

    def ask(self, at: str, *changes: tuple[str, str, int], name: str = "c") -> Story:
        """Quantities are asked for."""
        self.events.append(Request(moment(at), name, changes))
        return self

    def voice(self, at: str, quantity: int, *, name: str = "c") -> Story:
        """So many Voice seats are asked for on site a."""
        return self.ask(at, ("a", "voice", quantity), name=name)

    def attach(self, at: str, *, site: str = "a", name: str = "c") -> Story:
        """A site gets a stack tenant."""
        self.events.append(AttachTenant(moment(at), name, site))
        return self

    def stack(
        self,
        at: str,
        used: int,
        *,
        type_code: str = "voice",
        site: str = "a",
        name: str = "c",
        recognised: int = 0,
    ) -> Story:
        """The stack has so many users; some of them were typed in before it was attached."""
        self.events.append(StackShows(moment(at), name, site, type_code, used, recognised))
        return self

    def claim(self, at: str, *, allocate_missing: bool = False, name: str = "c") -> Story:
        """A Voice user more on site a."""
        self.events.append(Claim(moment(at), name, "a", "voice", allocate_missing))
        return self

    def release(self, at: str, *, name: str = "c") -> Story:
        """A Voice user less on site a."""
        self.events.append(Release(moment(at), name, "a", "voice"))
        return self

    def exchange(self, at: str, seats: int, *, to_type: str = "uc", from_type: str = "voice") -> Story:
        """Seats of site a become seats of another type."""
        self.events.append(Exchange(moment(at), "c", "a", from_type, to_type, seats))
        return self

    def undo(self, at: str, seats: int | None = None, *, number: int = 0) -> Story:
        """An exchange is undone, whole or in part."""
        self.events.append(UndoExchange(moment(at), "c", number, seats))
        return self

    def change_user(
        self,
        at: str,
        to_site: str,
        to_type: str = "voice",
        *,
        allocate_missing: bool = False,
        exchange_seat: bool = False,
    ) -> Story:
        """A Voice user of site a gets another place."""
        place = ("c", "a", "voice", to_site, to_type)
        self.events.append(ChangeUser(moment(at), *place, allocate_missing, exchange_seat))
        return self

    def correct(self, at: str, delta: int, since: str) -> Story:
        """The provider corrects the Voice seats of site a since a past day."""
        self.events.append(Correct(moment(at), "c", "a", "voice", delta, date.fromisoformat(since)))
        return self

    def term(self, at: str, months: int) -> Story:
        """Another term is asked for."""
        self.events.append(SetTerm(moment(at), "c", months))
        return self

    def cancel(self, at: str, cancelled: bool = True) -> Story:
        """The customer shall end with its period, or goes on after all."""
        self.events.append(Cancel(moment(at), "c", cancelled))
        return self

    def reactivate(self, at: str, months: int | None = None) -> Story:
        """The customer starts anew."""
        self.events.append(Reactivate(moment(at), "c", months))
        return self

    def partner(self, at: str, partner: Partner) -> Story:
        """A partner is like this from now on, after that day's work."""
        self.events.append(DailyWork(moment(at)))
        self.events.append(SetPartner(moment(at), partner))
        return self

    def prices(self, at: str, prices: PriceList) -> Story:
        """A price list more."""
        self.events.append(AddPriceList(moment(at), prices))
        return self

    def run(self, day: str, at: str = "00:30") -> Story:
        """The run of a day: at a time of that day, or at a later moment."""
        self.events.append(BillingRun(moment(at if "-" in at else f"{day} {at}"), date.fromisoformat(day)))
        return self

    @property
    def history(self) -> History:
        """What was told so far."""
        return History(self.settings, self.partners, self.price_lists, tuple(self.events))


def replace_events(story: Story, events: Sequence[Event]) -> Story:
    """Another story that begins in the same way."""
    other = Story(settings=story.settings, partners=story.partners, price_lists=story.price_lists)
    other.events = [replace(event) for event in events]
    return other
