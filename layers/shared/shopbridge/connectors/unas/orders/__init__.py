"""UNAS: orders."""
