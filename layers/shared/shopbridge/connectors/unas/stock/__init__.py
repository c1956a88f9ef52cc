"""UNAS: stock."""
