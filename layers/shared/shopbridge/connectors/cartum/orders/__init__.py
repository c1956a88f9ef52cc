"""Cartum: orders."""
