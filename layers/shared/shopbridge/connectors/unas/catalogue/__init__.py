"""UNAS: products and categories."""
