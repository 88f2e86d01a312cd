"""Form controls in our markup: ``{% load strapontin_forms %}``."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.utils.html import format_html
from django.utils.safestring import SafeString

from strapontin.web.frame.once import FIELD, token

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """``{% once %}``: the token by which a form that is sent twice is done once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token())


def _is_first_error(bound: BoundField) -> bool:
    """Focus goes to the first field that needs repair, and only there."""
    names = [name for name in bound.form.errors if name in bound.form.fields]
    return names[:1] == [bound.name]


@register.simple_tag
def control(bound: BoundField, *, described_by: str = "") -> SafeString:
    """The widget of ``bound`` with our class, its state, and the ids of what describes it."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {"placeholder": False}  # a label says it, and stays while one types
    if not isinstance(widget, CheckboxInput):
        attrs["class"] = "select" if isinstance(widget, Select) else "input"
    ids = [described_by] if described_by else []
    if bound.errors:
        ids.append(f"{bound.auto_id}-error")
        attrs["aria-invalid"] = "true"
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if _is_first_error(bound):
        attrs["autofocus"] = True
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", beside: str = "", beside_url: str = "") -> dict[str, Any]:
    """``{% field form.email %}``: label, control, hint and error of a bound field.

    ``label`` and ``hint`` replace those of the form; ``beside`` with ``beside_url`` is a link on the label's line,
    instead of a hint.
    """
    text = "" if beside_url else hint or bound.help_text
    return {
        "bound": bound,
        "control": control(bound, described_by=f"{bound.auto_id}-hint" if text else ""),
        "label": label or bound.label,
        "hint": text,
        "optional": not bound.field.required,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
        "beside": beside,
        "beside_url": beside_url,
    }


@register.inclusion_tag("components/stepper.html")
def stepper(
    name: str,
    value: int | str,
    label: str,
    control_label: str,
    described_by: str = "",
    invalid: bool = False,
    focus: bool = False,
) -> dict[str, Any]:
    """A whole number one can type, between a minus and a plus.

    ``label`` names the group (the type); ``control_label`` the number itself ("Voice, allocated seats").
    """
    return {
        "name": name,
        "value": value,
        "label": label,
        "control_label": control_label,
        "described_by": described_by,
        "invalid": invalid,
        "focus": focus,
    }
