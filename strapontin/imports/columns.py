"""Which column of a file is for what: guessed by its head, in French and English; pure.

What an administrator chose once for a customer is remembered, and comes before the guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from strapontin.imports.problems import Problem
from strapontin.kit.names import sort_key

FIELDS = ("first_name", "last_name", "email", "site", "type", "extension", "enabled", "tenant")
REQUIRED = ("first_name", "site", "type")

_HEADS: dict[str, str] = {
    "first_name": "prenom, prenoms, first name, firstname, given name, forename",
    "last_name": "nom, nom de famille, last name, lastname, surname, family name, name",
    "email": "email, e mail, mail, courriel, mel, adresse e mail, adresse email, adresse mail, adresse electronique,"
    " adresse de messagerie, email address, e mail address, mail address",
    "site": "site, site name, nom du site, lieu, agence, etablissement, location, branch",
    "type": "type, type de souscription, souscription, subscription, subscription type, abonnement, licence, license,"
    " type de siege, seat, seat type",
    "extension": "extension, poste, numero, numero interne, numero de poste, n de poste, numero court, ligne,"
    " internal number, extension number, phone extension, ext",
    "enabled": "enabled, active, actif, active, en service, is enabled",
    "tenant": "tenant, tenant du stack, stack tenant, tenant uuid, tenant id",
}
_GUESSES = {head.strip(): field for field, heads in _HEADS.items() for head in heads.split(",")}
_BETWEEN = re.compile(r"[^0-9a-z]+")


def head_key(head: str) -> str:
    """What two heads have in common that mean the same: without accents, capitals and signs."""
    return _BETWEEN.sub(" ", sort_key(head)).strip()[:100]


def guess(heads: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """What each column is for: one of :data:`FIELDS`, or empty. ``remembered`` gives fields by :func:`head_key`."""
    fields: list[str] = []
    for head in heads:
        key = head_key(head)
        field = remembered.get(key, _GUESSES.get(key, key.replace(" ", "_") if key.replace(" ", "_") in FIELDS else ""))
        fields.append("" if field in fields else field)
    return fields


def problems_of_columns(fields: Sequence[str]) -> list[Problem]:
    """The fields that no column is for though each user needs them, and those that two columns are for."""
    missing = [Problem(None, "", field, "column_missing") for field in REQUIRED if field not in fields]
    twice = [Problem(None, "", field, "column_twice") for field in FIELDS if fields.count(field) > 1]
    return missing + twice
