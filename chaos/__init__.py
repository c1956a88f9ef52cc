"""The bridge under attack: faults, hostile callers and platforms, outages; ``make chaos`` judges what became of it."""
