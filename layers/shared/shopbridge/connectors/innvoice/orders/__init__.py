"""InnVoice: orders, which become documents."""
