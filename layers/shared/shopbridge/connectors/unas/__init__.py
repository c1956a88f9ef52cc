"""UNAS, a shop."""
