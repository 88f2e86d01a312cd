"""Figures, dates and notes in our templates, which all have these filters and tags.

They hand the reader's language and time zone to ``strapontin.web.format``. Drawings are in ``strapontin_drawings``,
form controls in ``{% load strapontin_forms %}``.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from strapontin.web import format as fmt
from strapontin.web.figures.shapes import BillLine
from strapontin.web.frame.shapes import Note, NoteKind

register = template.Library()

_NOTE_KINDS: dict[int, NoteKind] = {levels.SUCCESS: "ok", levels.WARNING: "warn", levels.ERROR: "stop"}


def language() -> str:
    """The reader's language; English if none is active."""
    return get_language() or "en"


# Figures


@register.filter
def integer(value: int) -> str:
    """``4812|integer``: "4 812"."""
    return fmt.integer(value, language=language())


@register.filter
def delta(value: int) -> str:
    """``2|delta``: "+2"."""
    return fmt.delta(value, language=language())


@register.filter
def money(value: Decimal, currency: str) -> str:
    """``amount|money:"EUR"``: "1 286,55 €"."""
    return fmt.money(value, currency, language=language())


@register.filter
def signed_money(value: Decimal, currency: str) -> str:
    """``amount|signed_money:"EUR"``: "+112,67 €"."""
    return fmt.money(value, currency, language=language(), signed=True)


@register.filter
def percent(value: Decimal | int) -> str:
    """``rate|percent``: "20 %"; the rate is in percent."""
    return fmt.percent(value, language=language())


@register.simple_tag
def share(part: int, whole: int) -> str:
    """``{% share used allocated %}``: "91,0 %"."""
    return fmt.share(part, whole, language=language())


@register.simple_tag
def formula(line: BillLine, currency: str) -> str:
    """How an amount is found: "6 × 8,55 € × 12 mois × 167/365 j"; whole periods say no days."""
    parts = [fmt.integer(line.quantity, language=language()), money(line.unit_price, currency)]
    if line.months > 1:
        parts.append(ngettext("%(count)s month", "%(count)s months", line.months) % {"count": line.months})
    if line.days != line.period_days:
        days = {"days": line.days, "period_days": line.period_days}
        parts.append(gettext("%(days)s/%(period_days)s d") % days)
    return " × ".join(part.replace(" ", fmt.NO_BREAK) for part in parts)


# Dates


def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


@register.simple_tag
def day(value: date, year: bool = True) -> SafeString:
    """``{% day d %}``: "18 juil. 2023" as a time element; ``year=False`` leaves the year out."""
    if isinstance(value, datetime):
        # The day that a moment falls on is that of the provider's zone, like its hour.
        value = timezone.localtime(value).date()
    return _time(value.isoformat(), fmt.day(value, language=language(), year=year))


@register.filter
def day_text(value: date | None, year: bool = True) -> str:
    """``d|day_text``: "18 juil. 2023" without an element, for texts and e-mails; empty without a date."""
    return fmt.day(value, language=language(), year=year) if value else ""


@register.filter
def item(values: Mapping[str, str], key: str) -> str:
    """``names|item:code``: the value of a key, or the key itself."""
    return values.get(key, key)


@register.simple_tag
def last_day(end: date, year: bool = True) -> SafeString:
    """``{% last_day end %}``: the last day before an exclusive end."""
    return day(fmt.last_day(end), year)


@register.simple_tag
def days(start: date, end: date | None, prefix: bool = True) -> str:
    """``{% days start end %}``: "du 18 juil. au 31 déc. 2023"."""
    return fmt.date_range(start, end, language=language(), prefix=prefix)


@register.filter
def month(value: date) -> str:
    """``d|month``: "août 2022"."""
    return fmt.month(value, language=language())


@register.simple_tag
def moment(value: datetime) -> SafeString:
    """``{% moment at %}``: "18 juil. 2023, 10:42" in the zone of the provider."""
    zone = timezone.get_current_timezone()
    return _time(value.isoformat(), fmt.moment(value, zone=zone, language=language()))


@register.simple_tag
def clock(value: datetime) -> SafeString:
    """``{% clock at %}``: "10:42"."""
    return _time(value.isoformat(), fmt.clock_time(value, zone=timezone.get_current_timezone()))


@register.simple_tag
def moment_short(value: datetime, now: datetime, article: str = "") -> SafeString:
    """``{% moment_short at now %}``: "10:42" today, "17 juil., 02:10" this year.

    ``article`` "le" or "du" is what a French sentence puts before it: "le 17 juil.", but "de 10:42".
    """
    zone = timezone.get_current_timezone()
    text = fmt.moment_seen_from(value, now=now, zone=zone, language=language())
    before = fmt.article(value, article, now=now, zone=zone, language=language())
    return format_html("{}{}", before, _time(value.isoformat(), text))


@register.simple_tag
def age(value: datetime, now: datetime) -> SafeString:
    """``{% age at now %}``: "il y a 32 h"; ``now`` is the installation's clock, or its sandbox's."""
    return _time(value.isoformat(), fmt.age(value, now=now, language=language()))


# Notes, ways back


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any]) -> str:
    """``{% here %}``: the address to come back to; the start if this page answers a form that has no page."""
    request = context["request"]
    view = getattr(request.resolver_match, "func", None)
    return "/" if getattr(view, "post_only", False) else str(request.get_full_path())


@register.filter
def as_note(message: Message) -> Note:
    """A message of ``django.contrib.messages`` as a focused note: the first line is the title."""
    title, _, body = str(message).partition("\n")
    return Note(_NOTE_KINDS.get(message.level, "info"), title, body, focus=True)
