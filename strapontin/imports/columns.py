"""Which column of a file is for what: guessed by its head, in French and English; pure.

What an administrator chose once for a customer is remembered, and comes before the guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
_BETWEEN = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the columns of a kind of list are for. ``heads`` gives, for each field, the heads that mean it."""

    fields: Sequence[str]
    required: Sequence[str]
    heads: Mapping[str, str]

    @property
    def guesses(self) -> dict[str, str]:
        """The field of each head that is known, by :func:`head_key`."""
        return {head.strip(): field for field, heads in self.heads.items() for head in heads.split(",")}


USERS = Vocabulary(FIELDS, REQUIRED, _HEADS)


def head_key(head: str) -> str:
    """What two heads have in common that mean the same: without accents, capitals and signs."""
    return _BETWEEN.sub(" ", sort_key(head)).strip()[:100]


def guess(heads: Sequence[str], remembered: Mapping[str, str], vocabulary: Vocabulary = USERS) -> list[str]:
    """What each column is for: a field of the vocabulary, or empty. ``remembered`` gives fields by :func:`head_key`."""
    guesses = vocabulary.guesses
    fields: list[str] = []
    for head in heads:
        key = head_key(head)
        name = key.replace(" ", "_")
        field = remembered.get(key, guesses.get(key, name if name in vocabulary.fields else ""))
        fields.append("" if field in fields else field)
    return fields


def problems_of_columns(fields: Sequence[str], vocabulary: Vocabulary = USERS) -> list[Problem]:
    """The fields that no column is for though each row needs them, and those that two columns are for."""
    missing = [Problem(None, "", field, "column_missing") for field in vocabulary.required if field not in fields]
    twice = [Problem(None, "", field, "column_twice") for field in vocabulary.fields if fields.count(field) > 1]
    return missing + twice
