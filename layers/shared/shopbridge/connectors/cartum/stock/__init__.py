"""Cartum: stock."""
