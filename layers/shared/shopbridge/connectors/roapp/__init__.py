"""RO App (formerly RemOnline): work orders, contacts, products and stock."""
