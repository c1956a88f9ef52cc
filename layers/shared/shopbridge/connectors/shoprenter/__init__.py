"""Shoprenter: the connector of a webshop."""
