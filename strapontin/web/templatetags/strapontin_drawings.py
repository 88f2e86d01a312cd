"""Icons, seats, charts and heads of tables in our templates, which all have these filters and tags.

They draw with ``strapontin.web.drawing``.
"""

from collections.abc import Sequence

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from strapontin.web import format as fmt
from strapontin.web.drawing import chart as charts
from strapontin.web.drawing import drawings
from strapontin.web.figures.shapes import ChartOfType, Figures, MonthRow
from strapontin.web.frame.labels import TypeLabel, full_text
from strapontin.web.frame.shapes import Sorting
from strapontin.web.subscriptions.shapes.allocation import AllocationRow
from strapontin.web.templatetags.strapontin import integer, language

register = template.Library()

_BADGE_ICONS = {"ok": "ok", "warn": "warn", "stop": "stop", "info": "cal", "none": "minus"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """``{% icon "sync" %}``: a drawing of the sprite without words; the word stands beside it."""
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
    """The words for the slash and the bar, for readers who do not see them."""
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
def named_full(types: Sequence[TypeLabel]) -> str:
    """``site.full_types|named_full``: "Complet : Voix, Com. unifiée"."""
    return full_text(types)


@register.filter
def remaining_here(figures: Sequence[Figures]) -> str:
    """``remaining|remaining_here``: "Libres ici : Voix 7, Communication unifiée 2"."""
    if not figures:
        return ""
    parts = ", ".join(f"{of_type.type.name} {integer(of_type.remaining)}" for of_type in figures)
    return gettext("Free here: %(seats)s") % {"seats": parts}


@register.simple_tag
def chart(of_type: ChartOfType) -> SafeString:
    """``{% chart c %}``: twelve months, with a sentence of the trend for readers who do not see it."""
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


@register.simple_tag
def head(sorting: Sorting | None, key: str, label: str, classes: str = "") -> SafeString:
    """``{% head sorting "name" label "num" %}``: the head of a column, with its link if it sorts."""
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
