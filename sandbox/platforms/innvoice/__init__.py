"""InnVoice, emulated from the platform file."""

from sandbox.platforms.innvoice.emulator import InnVoiceEmulator
from sandbox.platforms.innvoice.inferred import StandIn
from sandbox.platforms.innvoice.records import Book, Document, Group, Partner, PriceGroup, Product, Warehouse
from sandbox.platforms.innvoice.spelling import LineForm, Spelling

__all__ = [
    "Book",
    "Document",
    "Group",
    "InnVoiceEmulator",
    "LineForm",
    "Partner",
    "PriceGroup",
    "Product",
    "Spelling",
    "StandIn",
    "Warehouse",
]
