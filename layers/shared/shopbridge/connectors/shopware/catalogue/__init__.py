"""Shopware: products, prices and categories."""
