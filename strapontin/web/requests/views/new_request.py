"""A request for seats alone: by those without the role, or above what they may add themselves (SPEC 5)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import RequestParty
from strapontin.customers.queries import sites
from strapontin.refusals import Refusal
from strapontin.requests.drafts import NewRequest
from strapontin.requests.operations import NOTE_LENGTH, ask
from strapontin.requests.rules import AskedSeats
from strapontin.web.frame.answers import attempt, page
from strapontin.web.frame.forms import Form, Lines, say_in
from strapontin.web.frame.labels import Types, types
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.requests.sending import sent


class SeatsForm(Form):
    """Seats of a site by type, and a note; a type left empty asks for none."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    note = Lines(
        label=gettext_lazy("Your message"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: object, *, party: RequestParty, labels: Types, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        choices = [(str(site.id), site.name) for site in sites(party, limit=None)]
        self.fields["site"].choices = choices  # type: ignore[attr-defined]
        self.types = labels
        for label in labels:
            self.fields[label.code] = forms.IntegerField(
                label=_("%(type)s seats") % {"type": label.name}, min_value=0, max_value=1_000_000, required=False
            )

    @property
    def of_types(self) -> list[forms.BoundField]:
        """The fields of the types."""
        return [self[label.code] for label in self.types]

    def new_request(self) -> NewRequest:
        """What was typed, once it is valid."""
        site_id = UUID(self.cleaned_data["site"])
        asked = [
            AskedSeats(site_id, label.code, self.cleaned_data[label.code])
            for label in self.types
            if self.cleaned_data[label.code]
        ]
        return NewRequest(allocations=asked, note=self.cleaned_data["note"])


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_seats(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The form, filled in by the address: a site, and a number for the code of each type."""
    party = grants.request_party(request.actor, customer_id)
    labels, visit = types(), request.visit
    initial = {name: request.GET.get(name, "")[:40] for name in ("site", *labels.codes)}
    form = SeatsForm(request.POST or None, party=party, labels=labels, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = attempt(lambda: ask(party, new=form.new_request(), settings=visit.settings, at=visit.at))
            if not isinstance(asked, Refusal):
                return sent(customer_id, asked)
            status = say_in(form, asked)
    context = {
        "crumbs": [Link(_("Requests"), reverse("requests"))],
        "customer": party.customer.name,
        "form": form,
        "no_site": not form.fields["site"].choices,  # type: ignore[attr-defined]
        "save_url": request.path,
        "back_url": reverse("requests"),
    }
    return page(request, "requests/new_request.html", context, status=status)
