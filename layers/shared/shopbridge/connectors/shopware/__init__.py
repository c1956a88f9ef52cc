"""Shopware 6.4 to 6.7, through its Admin API and as an app."""
