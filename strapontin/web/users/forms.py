"""A user: name, e-mail, site, type, extension (SPEC 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from strapontin.seats.claims import NewUser
from strapontin.seats.rules import Described, problems_of
from strapontin.web.frame.forms import Form, Line, Mail
from strapontin.web.frame.labels import Types


class UserForm(Form):
    """A user to be added or changed; ``tenant`` is there only if a site has several.

    ``known`` is the user that is changed. What stays as it is, is accepted.
    """

    first_name = Line(label=_("First name"))
    last_name = Line(label=_("Last name"), required=False)
    email = Mail(label=_("E-mail address"), required=False)
    site = forms.ChoiceField(label=_("Site"))
    type = forms.ChoiceField(label=_("Subscription type"))
    extension = forms.CharField(label=_("Extension"), required=False)
    enabled = forms.BooleanField(
        label=_("Enabled"), required=False, help_text=_("A disabled user keeps the seat."), initial=True
    )
    tenant = forms.ChoiceField(
        label=_("Stack tenant"), required=False, help_text=_("Where the user is created on the telephone server.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        sites: Sequence[tuple[UUID, str]],
        types: Types,
        tenants: Sequence[tuple[UUID, str]] = (),
        initial: dict[str, Any] | None = None,
        known: Described | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self._known = known
        self.fields["site"].choices = [(str(site_id), name) for site_id, name in sites]  # type: ignore[attr-defined]
        self.fields["type"].choices = [(t.code, t.name) for t in types]  # type: ignore[attr-defined]
        if tenants:
            choices = [("", "–"), *((str(tenant_id), name) for tenant_id, name in tenants)]
            self.fields["tenant"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["tenant"]
        if known is None:
            del self.fields["enabled"]

    def clean(self) -> None:
        """Names every field with a problem at once."""
        if not self.errors:
            for field, problem in problems_of(self.new_user(), known=self._known):
                self.add_error(field, problem)

    def new_user(self) -> NewUser:
        """What was typed, once it is valid."""
        typed = self.cleaned_data
        return NewUser(
            site_id=UUID(typed["site"]),
            type_code=typed["type"],
            first_name=typed["first_name"],
            last_name=typed["last_name"],
            email=typed["email"],
            extension=typed["extension"],
            enabled=typed.get("enabled", True),
            tenant_id=UUID(typed["tenant"]) if typed.get("tenant") else None,
        )
