"""A file that is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strapontin.imports.spreadsheets import SentFile
from strapontin.web.frame.forms import Form


class FileForm(Form):
    """A CSV or XLSX file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 100,000 rows. The first row names the columns."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def sent_file(self) -> SentFile:
        """The file, once the form is valid."""
        file = self.cleaned_data["file"]
        return SentFile(file.read(), file.name or "")


class QuantitiesForm(FileForm):
    """The table of quantities, sent back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("CSV or Excel (.xlsx): the table as you downloaded it, or only some rows.")
