"""What is written: one record, many in one call, what goes along, and what is refused."""
