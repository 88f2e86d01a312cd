"""The four drawings of a seat as SVG: taken, free, folded, above the allocation; in rows and bars.

Pure functions from whole numbers to markup without words: every drawing is ``aria-hidden`` and stands beside its
figures (DESIGN "Fixed"). Colours come from the style sheet, by class. The hatch is the pattern ``#hatch`` of the page.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SEATS_IN_A_ROW = 30
_LEAST_OVER_PERCENT = 7.0  # so that one seat above a thousand is seen


def _rect(cls: str, *, x: float, width: float, y: float, height: float, radius: int = 0) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}" rx="{}"/>',
        cls,
        f"{x:.2f}",
        y,
        f"{width:.2f}",
        height,
        radius,
    )


def _upright(cls: str, *, at: float, height: int) -> SafeString:
    x = f"{at:.2f}"
    return format_html('<line class="{}" x1="{}%" x2="{}%" y1="-2" y2="{}"/>', cls, x, x, height + 2)


def _bar_within(*, allocated: int, used: int, next_cycle: int | None, new: int, height: int) -> list[SafeString]:
    scale = max(allocated + new, 1)
    parts: list[SafeString] = []
    if used < scale:
        outline = '<rect class="free" x=".5" y=".5" width="100%" height="{}" rx="2" transform="translate(-.5)"/>'
        parts.append(format_html(outline, height - 1))
    if used:
        parts.append(_rect("taken", x=0, width=used * 100 / scale, y=0, height=height, radius=2))
    opened = min(new, scale - used)  # drawn among the free seats
    if opened:
        width = opened * 100 / scale
        parts.append(_rect("new", x=100 - width, width=width, y=1, height=height - 2, radius=1))
    if next_cycle is not None and next_cycle != allocated:
        parts.append(_upright("next", at=min(100.0, next_cycle * 100 / scale), height=height))
    return parts


def bar(*, allocated: int, used: int, next_cycle: int | None = None, new: int = 0, thin: bool = False) -> SafeString:
    """A horizontal bar of ``allocated`` seats, and ``new`` ones to be opened, with ``used`` of them filled.

    ``next_cycle`` draws the dashed line of a scheduled quantity. What is used above the allocation is hatched
    behind a thick line.
    """
    height = 6 if thin else 10
    if used > allocated + new:
        over = max(_LEAST_OVER_PERCENT, (used - allocated - new) * 100 / used)
        taken = 100 - over
        parts = [
            _rect("taken", x=0, width=taken, y=0, height=height, radius=2),
            _rect("over", x=taken, width=over, y=0.5, height=height - 1),
            _upright("limit", at=taken, height=height),
        ]
    else:
        parts = _bar_within(allocated=allocated, used=used, next_cycle=next_cycle, new=new, height=height)
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html('<svg class="bar{}" aria-hidden="true">{}</svg>', " thin" if thin else "", body)


def seats(*, taken: int = 0, free: int = 0, over: int = 0, new: int = 0, folded: int = 0) -> SafeString:
    """A row of seats, each drawn; the caller keeps it to ``SEATS_IN_A_ROW``."""
    upright = ["taken"] * taken + ["over"] * over + ["free"] * free + ["new"] * new
    paths = format_html_join(
        "",
        '<path class="{}" d="M{} 13V4.5a3.5 3.5 0 0 1 7 0V13z"/>',
        ((cls, 1 + 10 * place) for place, cls in enumerate(upright)),
    )
    lines = format_html_join(
        "",
        '<rect class="folded" x="{}" y="3" width="2" height="10" rx="1"/>',
        ((10 * len(upright) + 2 + 6 * place,) for place in range(folded)),
    )
    width = 10 * len(upright) + 6 * folded + 2
    return format_html(
        '<svg class="seats" width="{}" height="14" viewBox="0 0 {} 14" aria-hidden="true">{}{}</svg>',
        width,
        width,
        paths,
        lines,
    )


def seats_or_bar(*, allocated: int, used: int, next_cycle: int | None = None, new: int = 0) -> SafeString:
    """Each seat up to ``SEATS_IN_A_ROW``, a bar above."""
    if max(allocated + new, used) > SEATS_IN_A_ROW:
        return bar(allocated=allocated, used=used, next_cycle=next_cycle, new=new)
    taken = min(used, allocated + new)
    open_later = allocated if next_cycle is None else min(next_cycle, allocated)
    kept = max(open_later, min(taken, allocated))  # an occupied seat is not drawn folded
    return seats(
        taken=taken,
        free=max(0, kept - taken),
        over=max(0, used - allocated - new),
        new=min(new, allocated + new - taken),
        folded=allocated - kept,
    )
