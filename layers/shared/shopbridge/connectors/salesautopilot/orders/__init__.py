"""SalesAutopilot: orders, and what becomes of them."""
