"""Gomag shops, through the public API that all apps of a shop share."""
