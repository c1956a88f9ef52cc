"""SalesAutopilot: the product catalogue."""
