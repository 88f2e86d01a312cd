"""What the screens show: small frozen values that a view builds from its query and a template reads.

They hold figures, dates and names, not sentences: the words are in the templates, where they are translated.
Money is ``Decimal``; moments are aware; every interval is half-open. A ``*_url`` that is empty means that the
reader may not, or need not, go there, and the template leaves the link out.
"""

from strapontin.web.figures.shapes import (
    BillLine,
    Effect,
    Tax,
)
from strapontin.web.frame.shapes import (
    Action,
    DemoSignIn,
    Filter,
    Link,
    MenuGroup,
    MenuItem,
    Note,
    NoteKind,
    Option,
    Paging,
    SignedIn,
    SortDirection,
    Sorting,
)
from strapontin.web.invoices.shapes import (
    Document,
    InvoiceGroup,
    InvoicePage,
    InvoiceRow,
)
from strapontin.web.subscriptions.shapes.allocation import (
    AllocationRow,
    Consequence,
    Decision,
    Helper,
    UserRow,
)
from strapontin.web.subscriptions.shapes.customer import (
    CustomerCard,
    CustomerHead,
    LedgerRow,
    OverUse,
    Pending,
    SiteRow,
    SiteState,
    Sync,
    SyncSite,
    SyncState,
)
from strapontin.web.subscriptions.shapes.overview import (
    ChartOfType,
    CustomerRow,
    CustomerStatus,
    Figures,
    Month,
    MonthRow,
    OverviewCard,
    TermRow,
    ToDo,
    TypeLabel,
    Upcoming,
)

__all__ = [
    "Action",
    "AllocationRow",
    "BillLine",
    "ChartOfType",
    "Consequence",
    "CustomerCard",
    "CustomerHead",
    "CustomerRow",
    "CustomerStatus",
    "Decision",
    "DemoSignIn",
    "Document",
    "Effect",
    "Figures",
    "Filter",
    "Helper",
    "InvoiceGroup",
    "InvoicePage",
    "InvoiceRow",
    "LedgerRow",
    "Link",
    "MenuGroup",
    "MenuItem",
    "Month",
    "MonthRow",
    "Note",
    "NoteKind",
    "Option",
    "OverUse",
    "OverviewCard",
    "Paging",
    "Pending",
    "SignedIn",
    "SiteRow",
    "SiteState",
    "SortDirection",
    "Sorting",
    "Sync",
    "SyncSite",
    "SyncState",
    "Tax",
    "TermRow",
    "ToDo",
    "TypeLabel",
    "Upcoming",
    "UserRow",
]
