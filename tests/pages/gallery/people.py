"""Sample contexts of the user pages."""

from dataclasses import replace
from types import SimpleNamespace

from django import forms

from strapontin.web.frame.shapes import Paging, Sorting
from strapontin.web.users.shapes import Automatic, SeatOption, UserRow
from tests.pages.gallery import samples as sample
from tests.pages.gallery.samples import Context, crumbs


class UserForm(forms.Form):
    """As the portal's own."""

    first_name = forms.CharField(label="Prénom")
    last_name = forms.CharField(label="Nom")
    email = forms.EmailField(label="Adresse e-mail")
    site = forms.ChoiceField(label="Site", choices=[("g", "Grenoble, siège")])
    type = forms.ChoiceField(label="Type", choices=[("cr", "Relation client"), ("voice", "Voix")])
    extension = forms.CharField(label="Numéro interne", required=False)


_INES = {
    "first_name": "Inès",
    "last_name": "Caradec",
    "email": "ines.caradec@troischenes.example",
    "site": "g",
    "type": "cr",
    "extension": "4127",
}


def user_new() -> Context:
    """A new user on a free seat, with mistakes."""
    free = replace(sample.decision(may_allocate=True), missing=0, used=11, effect=None, move_from="")
    return {
        "crumbs": crumbs("Clinique des Trois Chênes", "Utilisateurs"),
        "form": UserForm({"first_name": "Inès", "email": "ines.caradec", "site": "g", "type": "cr"}),
        "save_url": "#",
        "decision_url": "#",
        "back_url": "#",
        "users_url": "#",
        "site_options": [
            SeatOption(value="g", name="Grenoble, siège", chosen=True, free=0, over=0, limited=True),
            SeatOption(value="v", name="Voiron, rééducation", chosen=False, free=0, over=2, limited=True),
        ],
        "type_options": [
            SeatOption(value=label.code, name=label.name, chosen=label.code == "cr", free=1, over=0, limited=True)
            for label in sample.types()
        ],
        "choice": SimpleNamespace(
            limited=True, is_long=True, search="", site=SimpleNamespace(name="Grenoble, siège"), type=sample.types()[2]
        ),
        "stacks": "Isère-2",
        "decision": free,
        "unpriced": False,
        "partner": "Opaline Réseaux",
        "again": "",
        "expired": False,
        "focus_decision": False,
        "chooses_automatic": False,
        "ceiling": 5,
        "automatic_form": None,
        "reader": "maud",
        "account_url": "#",
    }


def user_role() -> Context:
    """No seat, with the role."""
    return user_new() | {"form": UserForm(_INES), "decision": sample.decision(may_allocate=True)}


def user_move() -> Context:
    """No seat here, and a free one elsewhere is chosen."""
    decision = replace(sample.decision(may_allocate=True), way="move", move_leaves=2)
    return user_role() | {"decision": decision}


def user_automatic() -> Context:
    """No seat, and one who is not asked."""
    automatic = Automatic(acts=True, seats_per_month=5, allocated=2)
    return user_role() | {"decision": replace(sample.decision(may_allocate=True), automatic=automatic)}


def user_no_role() -> Context:
    """No seat, without the role."""
    return user_new() | {"form": UserForm(_INES), "decision": sample.decision(may_allocate=False)}


def user_remove() -> Context:
    """Asked before a user is removed, one who is on a telephone server."""
    _voice, _uc, cr = sample.types()
    return {
        "name": "Inès Caradec",
        "site": "Grenoble, siège",
        "type": cr,
        "crumbs": crumbs("Clinique des Trois Chênes", "Utilisateurs", "Inès Caradec"),
        "on_stack": True,
        "remove_url": "#",
        "back_url": "#",
    }


def users() -> Context:
    """Users in every state."""
    voice, uc, cr = sample.types()
    made: list[UserRow] = [
        UserRow(
            name="Inès Caradec",
            email="ines.caradec@troischenes.example",
            site="Grenoble, siège",
            type=cr,
            extension="4127",
            on_stack="ok",
            url="#",
            key="clinic.ines",
        ),
        UserRow(
            name="Paul Verdon",
            email="paul.verdon@troischenes.example",
            site="Voiron, rééducation",
            type=voice,
            enabled=False,
        ),
        UserRow(name="Zoé Lamarque", email="zoe@troischenes.example", site="Crolles", type=uc, on_stack="waiting"),
        UserRow(name="Poste 12", email="", site="Voiron, rééducation", type=voice, on_stack="unknown"),
        UserRow(name="Luc Ober", email="luc@troischenes.example", site="Meylan", type=uc, on_stack="failed"),
        UserRow(
            name="Anaïs Ober",
            email="anais@troischenes.example",
            site="Meylan",
            type=uc,
            on_stack="unchanged",
            reason="Le serveur téléphonique n’accepte pas le nom.",
        ),
        UserRow(name="Hugo Ober", email="hugo@troischenes.example", site="Meylan", type=uc, on_stack="staying"),
    ]
    return {
        "crumbs": crumbs("Clinique des Trois Chênes"),
        "scope": "Clinique des Trois Chênes",
        "wide": False,
        "found": 308,
        "found_more": False,
        "rows": made,
        "sorting": Sorting({"name": "?sort=-name", "site": "?sort=site"}, "site", "descending"),
        "paging": Paging(first=26, last=50, first_url="#", next_url="#"),
        "import_url": "#",
        "list_url": "#",
        "search": "",
        "filters": [],
        "filtered": False,
        "exports": [],
        "new_url": "#",
        "clear_url": "#",
        "bulk_url": "#",
        "query": "",
        "of_customer": "",
    }
