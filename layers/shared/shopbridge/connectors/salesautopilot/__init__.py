"""SalesAutopilot, an e-mail CRM that keeps the orders and the catalogue of a shop."""
