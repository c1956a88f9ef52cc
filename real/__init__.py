"""Real platforms from their own packages, each a process of its own: what no emulator can prove of itself."""
