"""The words of the house as types: orders, parties, money, connections, settings, messages and the ledger."""
