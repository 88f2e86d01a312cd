"""What our templates say figures, dates and seats with: ``{% load strapontin %}``.

Filters and tags hand the reader's language and time zone to ``strapontin.web.format`` and draw with
``strapontin.web.drawing``. Form controls are in ``{% load strapontin_forms %}``.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from strapontin.web import format as fmt
from strapontin.web.drawing import chart as charts
from strapontin.web.drawing import drawings
from strapontin.web.figures.shapes import BillLine, ChartOfType, Figures, MonthRow
from strapontin.web.frame.shapes import Note, NoteKind, Sorting
from strapontin.web.subscriptions.shapes.allocation import AllocationRow

register = template.Library()

_BADGE_ICONS = {"ok": "ok", "warn": "warn", "stop": "stop", "info": "cal", "none": "minus"}
_NOTE_KINDS: dict[int, NoteKind] = {levels.SUCCESS: "ok", levels.WARNING: "warn", levels.ERROR: "stop"}


def language() -> str:
    """The reader's language; English where none is active."""
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
    """``{% day d %}``: "18 juil. 2023" as a time element; ``year=False`` where it goes without saying."""
    if isinstance(value, datetime):
        # The day that a moment falls on is that of the provider's zone, like its hour.
        value = timezone.localtime(value).date()
    return _time(value.isoformat(), fmt.day(value, language=language(), year=year))


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


# Drawings


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """``{% icon "sync" %}``: a drawing of the sprite, for the eye only; the word stands beside it."""
    return format_html(
        '<svg class="i{}{}" width="16" height="16" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        " " if extra else "",
        extra,
        static("strapontin/icons.svg"),
        name,
    )


@register.simple_tag
def badge(kind: str, text: str, pill: bool = False, name: str = "") -> SafeString:
    """``{% badge "ok" text %}``: a state by shape, word and colour. Kinds: ok, warn, stop, info, none."""
    drawing = icon(name or _BADGE_ICONS[kind])
    return format_html('<span class="badge{} {}">{}{}</span>', " pill" if pill else "", kind, drawing, text)


@register.simple_tag
def bar(figures: Figures, new: int = 0, thin: bool = False) -> SafeString:
    """``{% bar figures %}``: the bar of a type; ``new`` seats are about to be opened."""
    return drawings.bar(
        allocated=figures.allocated, used=figures.used, next_cycle=figures.next_cycle, new=new, thin=thin
    )


@register.simple_tag
def seats(taken: int = 0, free: int = 0, over: int = 0, new: int = 0, folded: int = 0) -> SafeString:
    """``{% seats folded=7 %}``: seats one by one."""
    return drawings.seats(taken=taken, free=free, over=over, new=new, folded=folded)


@register.simple_tag
def seats_or_bar(figures: Figures, new: int = 0) -> SafeString:
    """``{% seats_or_bar figures new=1 %}``: seats one by one up to thirty, else the bar."""
    return drawings.seats_or_bar(allocated=figures.allocated, used=figures.used, next_cycle=figures.next_cycle, new=new)


@register.simple_tag
def target_bar(row: AllocationRow) -> SafeString:
    """``{% target_bar row %}``: the seats of a type as they would be after the change."""
    return drawings.seats_or_bar(allocated=row.kept, used=row.figures.used, next_cycle=row.next_cycle, new=row.opened)


def _spoken(figures: Figures) -> str:
    """What stands for the slash and the bar where they are not seen."""
    text = ngettext("used, allocation: %(allocated)s", "used, allocation: %(allocated)s", figures.used) % {
        "allocated": integer(figures.allocated)
    }
    if figures.over:
        text += ", " + gettext("%(count)s above") % {"count": integer(figures.over)}
    if figures.next_cycle != figures.allocated:
        text += ", " + gettext("%(count)s in the next cycle") % {"count": integer(figures.next_cycle)}
    return text


@register.simple_tag
def pair(figures: Figures, drawn: bool = True) -> SafeString:
    """``{% pair figures %}``: used / allocated with its bar; a dash for "none of this type"."""
    if figures.empty:
        dash = '<span class="pair"><span class="pair-n none"><span aria-hidden="true">–</span>'
        return format_html(dash + '<span class="vh">{}</span></span></span>', gettext("no seat"))
    return format_html(
        '<span class="pair"><span class="pair-n{}">{}<span class="u">{}</span><span class="vh"> {}</span>'
        '<span class="a" aria-hidden="true">{}</span></span>{}</span>',
        " over" if figures.over else "",
        icon("stop") if figures.over else "",
        integer(figures.used),
        _spoken(figures),
        integer(figures.allocated),
        bar(figures, thin=True) if drawn else "",
    )


@register.filter
def remaining_here(figures: Sequence[Figures]) -> str:
    """``remaining|remaining_here``: "Restants ici : Voix 7, Communication unifiée 2"."""
    if not figures:
        return ""
    parts = ", ".join(f"{each.type.name} {integer(each.remaining)}" for each in figures)
    return gettext("Remaining here: %(seats)s") % {"seats": parts}


@register.simple_tag
def chart(of_type: ChartOfType) -> SafeString:
    """``{% chart c %}``: twelve months, with the sentence of the trend for those who do not see it."""
    months = of_type.months
    first, last = months[0], months[-1]
    sentence = gettext(
        "%(type)s, twelve months: used seats from %(used)s to %(used_now)s,"
        " allocated seats from %(allocated)s to %(allocated_now)s."
    ) % {
        "type": of_type.type.name,
        "used": integer(first.used),
        "allocated": integer(first.allocated),
        "used_now": integer(last.used),
        "allocated_now": integer(last.allocated),
    }
    top = charts.scale_top(figure for m in months for figure in (m.allocated, m.used))
    columns = [(fmt.month_initial(m.day, language=language()), m.allocated, m.used) for m in months]
    scale = (integer(top), integer(top // 2), "0")
    return charts.chart(columns=columns, top=top, scale=scale, sentence=sentence)


@register.filter
def by_month(of_types: Sequence[ChartOfType]) -> list[MonthRow]:
    """``charts|by_month``: the rows of the table behind the charts."""
    months = zip(*(of_type.months for of_type in of_types), strict=True)
    return [MonthRow(cells[0].day, cells) for cells in months]


# Notes, tables, ways back


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any]) -> str:
    """``{% here %}``: the address to come back to; the start where this page answers a form that has no page."""
    request = context["request"]
    view = getattr(request.resolver_match, "func", None)
    return "/" if getattr(view, "post_only", False) else str(request.get_full_path())


@register.filter
def as_note(message: Message) -> Note:
    """A message of ``django.contrib.messages`` as a focused note: the first line is the title."""
    title, _, body = str(message).partition("\n")
    return Note(_NOTE_KINDS.get(message.level, "info"), title, body, focus=True)


@register.simple_tag
def head(sorting: Sorting | None, key: str, label: str, classes: str = "") -> SafeString:
    """``{% head sorting "name" label "num" %}``: the head of a column, with its link where it sorts."""
    url = sorting.urls.get(key, "") if sorting else ""
    if not sorting or not url:
        return format_html('<th role="columnheader" scope="col" class="{}">{}</th>', classes, label)
    direction = sorting.direction if sorting.key == key else ""
    drawing = icon("sortd", "flip" if direction == "descending" else "") if direction else icon("sort")
    link = '<a class="sort" id="sort-{}" href="{}">{}{}</a>'
    return format_html(
        '<th role="columnheader" scope="col" class="{}"{}>' + link + "</th>",
        classes,
        format_html(' aria-sort="{}"', direction) if direction else "",
        key,
        url,
        label,
        drawing,
    )
