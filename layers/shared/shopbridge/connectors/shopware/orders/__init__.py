"""Shopware: orders."""
