"""Everything that lets the bridge run on one machine: an embedded AWS and emulated platforms."""
