"""Mapping between systems: street lines, vocabularies, rounding and the merchant's own field rules. All pure."""
