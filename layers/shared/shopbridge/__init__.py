"""Shopbridge: carries orders, customers, stock and products between a webshop and a back office."""

__version__ = "0.1.0"
