"""How connectors speak to platforms: one client with pinned addresses, limits, short retries and judged answers."""
