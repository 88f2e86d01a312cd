"""What every page may show: menu, notes, links, filters, pages of a list, who can help.

Small frozen values that a view builds and a template reads. If a ``*_url`` is empty, the reader may not or need not go
there, and the template leaves the link out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

NoteKind = Literal["info", "ok", "warn", "stop"]
SortDirection = Literal["", "ascending", "descending"]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu; ``count`` is what waits there, and ``count_label`` says of what ("waiting")."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0
    count_label: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Entries under an optional title."""

    items: Sequence[MenuItem]
    title: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person at the keyboard, as the foot of the menu shows them."""

    name: str
    organisation: str
    account_url: str = ""
    sign_out_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A crumb, a tab or an entry of a list of links."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something a note or an empty page offers.

    ``post`` makes it a form with a button, for what changes something.
    """

    label: str
    url: str
    style: Literal["", "primary", "quiet", "stop"] = ""
    icon: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What happened (title), what it means (body), what to do (at most two actions and a link)."""

    kind: NoteKind
    title: str
    body: str = ""
    actions: Sequence[Action] = ()
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a table is sorted. ``urls`` are the links that sort it by a column: its name, or the code of a type."""

    urls: Mapping[str, str]
    key: str = ""
    direction: SortDirection = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A select of a toolbar. ``narrow_only`` shows it only if the table has become cards (sorting)."""

    name: str
    label: str
    options: Sequence[Option]
    narrow_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The place of a page in its list.

    A list that is read on from the last row has no total, and no way back but ``first_url``.
    """

    first: int
    last: int
    total: int | None = None
    page: int | None = None
    pages: int | None = None
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """An account that only the demo shows on its sign-in page."""

    name: str
    organisation: str
    role: str
    email: str
    password: str
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Somebody who holds the missing role; ``email`` is empty unless they show it."""

    name: str
    organisation: str
    is_partner: bool = False
    email: str = ""

    @property
    def initials(self) -> str:
        """One or two letters for the seat beside the name."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
