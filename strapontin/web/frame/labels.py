"""Names that the screens give to codes of the domain, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from strapontin.catalogue.queries import subscription_types

# Column heads are narrow; a type that the provider renamed keeps its whole name.
_SHORT = {
    "Communication unifiée": "Com. unifiée",
    "Unified Communication": "Unified Com.",
    "Customer Relationship": "Customer Rel.",
}
_DOORS = {
    "screen": gettext_lazy("screen"),
    "api": gettext_lazy("API"),
    "cli": gettext_lazy("command line"),
    "job": gettext_lazy("automatic"),
}
_TYPE_ICONS = {"voice": "voice", "uc": "uc", "cr": "cr"}


@dataclass(frozen=True, slots=True)
class TypeLabel:
    """A subscription type in the reader's language; ``short_name`` is for narrow columns."""

    code: str
    name: str
    short_name: str = ""

    @property
    def heading(self) -> str:
        """The name for a column head."""
        return self.short_name or self.name

    @property
    def icon(self) -> str:
        """The icon of the type; types that the provider added share one."""
        return _TYPE_ICONS.get(self.code, "seats")


@dataclass(frozen=True, slots=True)
class Types:
    """The subscription types in the order of screens."""

    all: tuple[TypeLabel, ...]

    def __iter__(self) -> Iterator[TypeLabel]:
        return iter(self.all)

    def __getitem__(self, code: str) -> TypeLabel:
        return next((label for label in self.all if label.code == code), TypeLabel(code, code))

    @property
    def codes(self) -> list[str]:
        """Their codes."""
        return [label.code for label in self.all]


def types() -> Types:
    """The types as the provider names them; one query."""
    french = (get_language() or "").startswith("fr")
    names = [(type_.code, type_.name_fr if french else type_.name_en) for type_ in subscription_types()]
    return Types(tuple(TypeLabel(code, name, _SHORT.get(name, "")) for code, name in names))


def all_types() -> TypeLabel:
    """The label of sums over every type."""
    return TypeLabel("", _("All types"))


def full_text(full: Iterable[TypeLabel]) -> str:
    """The state of a site or customer that is full, with every type of which it is."""
    names = ", ".join(label.heading for label in full)
    return _("Full: %(types)s") % {"types": names} if names else _("Full")


def door(name: str) -> str:
    """The name of a door through which something was done."""
    return str(_DOORS.get(name, name))


def who(name: str | None, kind: str) -> str:
    """The name of the one who did something; people above the reader's scope stay unnamed."""
    if kind == "system":
        return "Strapontin"
    return name or pgettext("somebody", "An administrator")
