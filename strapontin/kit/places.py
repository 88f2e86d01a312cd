"""Countries and those parts of them that taxes know: ISO 3166-1, ISO 3166-2."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final

from strapontin.kit.names import sort_key

# Codes that people write for a country and that are not its own: in VAT numbers, or reserved for exceptions.
OTHER_CODES: Final = {"EL": "GR", "UK": "GB"}

# Provinces and territories (ISO 3166-2:CA): each has taxes of its own.
_CANADA: Final = {
    "AB": "Alberta",
    "BC": "British Columbia|Colombie-Britannique",
    "MB": "Manitoba",
    "NB": "New Brunswick|Nouveau-Brunswick",
    "NL": "Newfoundland and Labrador|Terre-Neuve-et-Labrador",
    "NS": "Nova Scotia|Nouvelle-Écosse",
    "NT": "Northwest Territories|Territoires du Nord-Ouest",
    "NU": "Nunavut",
    "ON": "Ontario",
    "PE": "Prince Edward Island|Île-du-Prince-Édouard",
    "QC": "Québec",
    "SK": "Saskatchewan",
    "YT": "Yukon",
}
# Parts of member states that the Union's VAT treats apart (billing/taxes.py). Without a code in ISO 3166-2, by name.
_APART: Final = {
    "DE": {"BUSINGEN": "Büsingen|Büsingen am Hochrhein", "HELGOLAND": "Helgoland|Heligoland"},
    "ES": {
        "CN": "Canarias|Islas Canarias|Canary Islands|Canaries|Îles Canaries|GC|TF|Las Palmas|Santa Cruz de Tenerife",
        "CE": "Ceuta",
        "ML": "Melilla",
    },
    "FI": {"01": "Åland|Ahvenanmaa"},
    "FR": {
        "971": "Guadeloupe|GP",
        "972": "Martinique|MQ",
        "973": "Guyane|Guyane française|French Guiana|GF",
        "974": "La Réunion|Réunion|RE",
        "976": "Mayotte|YT",
        "BL": "Saint-Barthélemy",
        "MF": "Saint-Martin",
        "NC": "Nouvelle-Calédonie|New Caledonia",
        "PF": "Polynésie française|French Polynesia",
        "PM": "Saint-Pierre-et-Miquelon",
        "TF": "Terres australes françaises",
        "WF": "Wallis-et-Futuna",
    },
    "GR": {"69": "Mount Athos|Mont Athos|Agion Oros|Ágio Óros|Άγιο Όρος"},
    "IT": {"CAMPIONE": "Campione d'Italia|Campione", "LIVIGNO": "Livigno"},
}


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1 alpha-2, as the package ``tzdata`` lists them: no reserved code (EU, UK, XK), no ZZ."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


def country_code(text: str) -> str | None:
    """The country's own code, if ``text`` is one or stands for one (``EL``, ``UK``); else ``None``."""
    code = OTHER_CODES.get(text, text)
    return code if code in countries() else None


def region_code(country: str, text: str) -> str | None:
    """The part of ``country`` that ``text`` names, by code (with or without the country's) or by name.

    In Canada, whose provinces have taxes of their own, the answer is ``None`` if there is no such part. Elsewhere a
    part that no tax treats apart is the text itself.
    """
    if not text:
        return ""
    code = text.upper().removeprefix(f"{country}-")
    parts = _CANADA if country == "CA" else _APART.get(country, {})
    if code in parts:
        return code
    key = sort_key(text.strip())
    for part, names in parts.items():
        if key in (sort_key(name) for name in names.split("|")) or code in names.split("|"):
            return part
    return None if country == "CA" else text
