"""Gomag: stock."""
