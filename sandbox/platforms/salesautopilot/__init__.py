"""SalesAutopilot, emulated from the platform file."""

from sandbox.platforms.salesautopilot.emulator import SalesAutopilotEmulator
from sandbox.platforms.salesautopilot.records import (
    Action,
    Category,
    Consent,
    Event,
    FormKind,
    ListKind,
    MailList,
    Product,
    Record,
)

__all__ = [
    "Action",
    "Category",
    "Consent",
    "Event",
    "FormKind",
    "ListKind",
    "MailList",
    "Product",
    "Record",
    "SalesAutopilotEmulator",
]
