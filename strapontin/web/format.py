"""Figures, money, dates and names as a reader of French or English expects them.

Pure functions: each takes the ``language`` (``"fr"``, ``"en"``, or a variant such as ``"fr-ca"``) and
returns plain text. Money and rates are ``Decimal``; dates are local dates; intervals are half-open, so
ranges are given with an exclusive end and shown with their last day. Babel writes figures and names months,
from CLDR: in French a narrow no-break space between thousands, a no-break space before ``%`` and ``€``.
CLDR does not say the rest (DESIGN "Words"): half is rounded up, "1er" in French, British dates in English.
The minus is U+2212: as wide as the plus, never broken from its figure.
"""

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

from strapontin.kit.money import to_cent

NO_BREAK = "\u00a0"
MINUS = "\u2212"

_FRENCH, _ENGLISH = Locale("fr"), Locale("en")
# The sign alone if the readers of that language take it for that currency, else with its country or the code.
_SIGNS = {
    "fr": {"EUR": "€", "GBP": "£", "USD": "$", "CAD": "$" + NO_BREAK + "CA"},
    "en": {"EUR": "€", "GBP": "£", "USD": "$", "CAD": "CA$"},
}
# Pages show the same figures again and again.
_KEPT_FIGURES = 4096


def _is_french(language: str) -> bool:
    return language.lower().startswith("fr")


def _locale(language: str) -> Locale:
    return _FRENCH if _is_french(language) else _ENGLISH


@cache
def _pattern(language: str, places: int) -> NumberPattern:
    whole = _locale(language).decimal_formats[None].pattern.partition(".")[0]
    return parse_pattern(f"{whole}.{'0' * places}")


@cache
def _months(language: str, context: str, width: str) -> tuple[str, ...]:
    names = _locale(language).months[context][width]
    return tuple(names[number] for number in range(1, 13))


def _month(value: date, language: str) -> str:
    return _months(language, "format", "abbreviated")[value.month - 1]


@lru_cache(maxsize=_KEPT_FIGURES)
def number(value: Decimal | int, *, language: str, places: int = 0) -> str:
    """``value`` rounded half up to ``places`` decimals, with grouped thousands: "4 812,5" or "4,812.5"."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text: str = _pattern(language, places).apply(abs(rounded), _locale(language))
    return f"{MINUS}{text}" if rounded < 0 else text


def integer(value: int, *, language: str) -> str:
    """A whole number with grouped thousands: "4 812" or "4,812"."""
    return number(value, language=language)


def _currency_sign(currency: str, language: str) -> str:
    known = _SIGNS["fr" if _is_french(language) else "en"]
    # A code, unlike a sign, keeps a distance from the figure that follows it.
    return known.get(currency) or (currency if _is_french(language) else currency + NO_BREAK)


@lru_cache(maxsize=_KEPT_FIGURES)
def money(amount: Decimal, currency: str, *, language: str, signed: bool = False) -> str:
    """An amount to the cent with its currency: "1 286,55 €" or "€1,286.55"; ``signed`` adds the plus."""
    rounded = to_cent(amount)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    pattern = _locale(language).currency_formats["standard"]
    figure = number(abs(rounded), language=language, places=2)
    text = f"{sign}{pattern.prefix[0]}{figure}{pattern.suffix[0]}"
    return text.replace("¤", _currency_sign(currency, language))


def percent(value: Decimal | int, *, language: str, places: int | None = None) -> str:
    """A rate in percent: "20 %" or "20%"; without ``places``, as many decimals as the rate has."""
    rate = Decimal(value)
    if places is None:
        exponent = rate.normalize().as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
    sign: str = _locale(language).percent_formats[None].suffix[0]
    return number(rate, language=language, places=places) + sign


def share(part: int, whole: int, *, language: str) -> str:
    """``part`` of ``whole`` in percent with one decimal; a dash where there is no whole."""
    if whole <= 0:
        return "–"
    return percent(Decimal(part) * 100 / whole, language=language, places=1)


def delta(value: int, *, language: str) -> str:
    """A change of a whole number with its sign: "+2", "−3", "0"."""
    return ("+" if value > 0 else "") + integer(value, language=language)


def day(value: date, *, language: str, year: bool = True) -> str:
    """A date: "18 juil. 2023", "1er janv. 2024", "18 Jul 2023"; without the year, "18 juil."."""
    first = "1er" if value.day == 1 and _is_french(language) else str(value.day)
    text = f"{first} {_month(value, language)}"
    return f"{text} {value.year}" if year else text


def month(value: date, *, language: str) -> str:
    """The month of a date: "août 2022" or "Aug 2022"."""
    return f"{_month(value, language)} {value.year}"


def month_initial(value: date, *, language: str) -> str:
    """The letter under a column of the twelve-month chart."""
    return _months(language, "stand-alone", "narrow")[value.month - 1]


def clock_time(moment_: datetime, *, zone: tzinfo) -> str:
    """The hour and minute of an aware moment in ``zone``: "09:05"."""
    return moment_.astimezone(zone).strftime("%H:%M")


def moment(value: datetime, *, zone: tzinfo, language: str) -> str:
    """An aware moment in ``zone``: "18 juil. 2023, 10:42"."""
    local = value.astimezone(zone)
    return f"{day(local.date(), language=language)}, {clock_time(value, zone=zone)}"


def moment_seen_from(value: datetime, *, now: datetime, zone: tzinfo, language: str) -> str:
    """A moment as short as ``now`` allows: "10:42" today, "17 juil., 02:10" this year, else with its year."""
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return clock_time(value, zone=zone)
    short = day(local.date(), language=language, year=local.year != today.year)
    return f"{short}, {clock_time(value, zone=zone)}"


def article(value: datetime, word: str, *, now: datetime, zone: tzinfo, language: str) -> str:
    """What French says before ``moment_seen_from``: "le " or "du " with a day; of today's, nothing or "de "."""
    if not word or not _is_french(language):
        return ""
    if value.astimezone(zone).date() == now.astimezone(zone).date():
        return "de " if word == "du" else ""
    return f"{word} "


def age(value: datetime, *, now: datetime, language: str) -> str:
    """How long ago an aware moment was: "il y a 32 h", "5 min ago", "3 days ago"."""
    seconds = max(0, int((now - value).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    french = _is_french(language)
    if minutes < 1:
        return "à l’instant" if french else "just now"
    if minutes < 60:
        figure = f"{minutes}{NO_BREAK}min"
    elif hours < 48:
        figure = f"{hours}{NO_BREAK}h"
    elif days < 60:
        figure = f"{days}{NO_BREAK}{'jours' if french else 'days'}"
    else:
        figure = f"{days // 30}{NO_BREAK}{'mois' if french else 'months'}"
    return f"il y a {figure}" if french else f"{figure} ago"


def last_day(end: date) -> date:
    """The last day of an interval whose end is exclusive."""
    return end - timedelta(days=1)


def date_range(start: date, end: date | None, *, language: str, prefix: bool = True) -> str:
    """The days from ``start`` up to, without, ``end``: "du 18 juil. au 31 déc. 2023".

    What both dates share is said once. ``prefix=False`` leaves out "du"; no end: "depuis le 1er nov. 2022".
    """
    french = _is_french(language)
    if end is None:
        return ("depuis le " if french else "since ") + day(start, language=language)
    last = last_day(end)
    closing = day(last, language=language)
    if start >= last:
        return (("le " if french else "on ") if prefix else "") + closing
    if (start.year, start.month) == (last.year, last.month):
        opening = day(start, language=language, year=False).split(" ")[0]
    else:
        opening = day(start, language=language, year=start.year != last.year)
    text = f"{opening} {'au' if french else 'to'} {closing}"
    return f"du {text}" if french and prefix else text
