"""Twelve months of one type as SVG: each column is a seat, outlined as allocated, filled as used.

Pure functions. The caller gives the sentence for screen readers and the texts of the scale.
"""

from collections.abc import Iterable, Sequence
from math import sqrt

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# User units of the view box: about CSS pixels if three charts stand side by side.
_WIDTH, _HEIGHT, _LEFT, _TOP, _BASE = 260, 112, 28, 10, 92
_COLUMN, _STEP, _RADIUS, _LEAST_OVER = 14.0, 19.0, 5.0, 4.0


def scale_top(values: Iterable[int]) -> int:
    """The least round figure, from two up, that holds all ``values`` and has a whole half."""
    highest = max([2, *values])
    power = 1
    while True:
        for digit in (1, 2, 3, 4, 5, 6, 8):
            top = digit * power
            if top >= highest and top % 2 == 0:
                return top
        power *= 10


def _seat_outline(x: float, top: float) -> str:
    r = min(_RADIUS, _BASE - top)
    arc = f"a{r:.1f} {r:.1f} 0 0 1 {r:.1f}"
    return f"M{x:.1f} {_BASE}V{top + r:.1f}{arc} -{r:.1f}h{_COLUMN - 2 * r:.1f}{arc} {r:.1f}V{_BASE}z"


def _seat_filling(x: float, top: float, filled_to: float) -> str:
    """The part below ``filled_to`` of the seat that ends at ``top``, within its round shoulders."""
    r = min(_RADIUS, _BASE - top)
    right, gap = x + _COLUMN, filled_to - top
    if gap >= r:
        return f"M{x:.1f} {_BASE}V{filled_to:.1f}H{right:.1f}V{_BASE}z"
    inset = r - sqrt(r**2 - (r - gap) ** 2)
    arc = f"A{r:.1f} {r:.1f} 0 0 1"
    return (
        f"M{x:.1f} {_BASE}V{top + r:.1f}{arc} {x + inset:.1f} {filled_to:.1f}"
        f"H{right - inset:.1f}{arc} {right:.1f} {top + r:.1f}V{_BASE}z"
    )


def _path(cls: str, d: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', cls, d)


def _box(x: float, top: float, bottom: float) -> str:
    return f"M{x:.1f} {bottom:.1f}V{top:.1f}h{_COLUMN}V{bottom:.1f}z"


def _column(x: float, *, allocated_at: float, used_at: float) -> list[SafeString]:
    if used_at < allocated_at:
        limit = max(allocated_at, used_at + _LEAST_OVER)  # so that a single seat above is seen
        thick = f"M{x - 1:.1f} {limit:.1f}h{_COLUMN + 2}"
        return [
            _path("taken", _box(x, limit, _BASE)),
            _path("over", _box(x, used_at, limit)),
            _path("limit", thick),
        ]
    parts = []
    if allocated_at < _BASE:
        parts.append(_path("free", _seat_outline(x, allocated_at)))
    if used_at < _BASE:
        parts.append(_path("taken", _seat_filling(x, allocated_at, used_at)))
    return parts


def chart(
    *, columns: Sequence[tuple[str, int, int]], top: int, scale: tuple[str, str, str], sentence: str
) -> SafeString:
    """A column per month: (letter, allocated, used). ``scale`` names ``top``, its half and zero."""
    height = _BASE - _TOP
    marks = (_TOP, (_TOP + _BASE) // 2, _BASE)
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        ((_LEFT, _WIDTH, mark, mark) for mark in marks[:2]),
    )
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        ((_LEFT - 4, mark + 4, text) for mark, text in zip(marks, scale, strict=True)),
    )
    drawn: list[SafeString] = []
    first = _WIDTH - _STEP * len(columns) + (_STEP - _COLUMN) / 2 - 0.5
    for place, (letter, allocated, used) in enumerate(columns):
        x = first + _STEP * place
        drawn += _column(x, allocated_at=_BASE - height * allocated / top, used_at=_BASE - height * used / top)
        cls = "now" if place == len(columns) - 1 else "then"
        label = '<text x="{}" y="107" text-anchor="middle" class="{}">{}</text>'
        drawn.append(format_html(label, f"{x + _COLUMN / 2:.1f}", cls, letter))
    base = format_html('<path class="base" d="M{} {}H{}"/>', _LEFT, _BASE, _WIDTH)
    body = format_html_join("", "{}", ((part,) for part in (grid, texts, *drawn, base)))
    opening = '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return format_html(opening, _WIDTH, _HEIGHT, sentence, body)
