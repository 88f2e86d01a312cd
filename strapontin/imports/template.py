"""A workbook to fill in: the columns of a list of users, with the customer's sites and the types to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _

from strapontin.imports.columns import REQUIRED
from strapontin.imports.problems import FIELD_NAMES
from strapontin.imports.spreadsheets import MOST_ROWS

# The tenant is left out: few sites have several.
COLUMNS = ("first_name", "last_name", "email", "site", "type", "extension", "enabled")
_WIDTHS = (18, 18, 30, 28, 24, 14, 12)


def template(sites: Sequence[str], types: Sequence[str]) -> bytes:
    """The workbook, in the language that is active now. Sites and types are drop-downs."""
    from xlsxwriter import Workbook

    memory = BytesIO()
    with Workbook(memory) as book:
        required = book.add_format({"bold": True, "bg_color": "#F6EBF2"})
        optional = book.add_format({"bg_color": "#F1EEEA"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("Users"))
        lists = book.add_worksheet(_("Choices"))
        sheet.freeze_panes(1, 0)
        for number, (field, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            # As text, so that the zero at the beginning of an extension stays.
            sheet.set_column(number, number, width, text)
            sheet.write_string(0, number, str(FIELD_NAMES[field]), required if field in REQUIRED else optional)
        choices = {"site": sites, "type": types, "enabled": [_("yes"), _("no")]}
        for number, (field, names) in enumerate(choices.items()):
            lists.set_column(number, number, 28)
            for row, name in enumerate(names):
                lists.write_string(row, number, name)
            if names:
                letter = "ABC"[number]
                source = f"='{_('Choices')}'!${letter}$1:${letter}${len(names)}"
                place = COLUMNS.index(field)
                sheet.data_validation(1, place, MOST_ROWS, place, {"validate": "list", "source": source})
        lists.hide()
        sheet.activate()
    return memory.getvalue()
