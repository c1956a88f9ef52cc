"""Shopware: stock."""
