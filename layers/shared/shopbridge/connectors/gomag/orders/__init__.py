"""Gomag: orders."""
