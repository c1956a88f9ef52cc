"""InnVoice: a Hungarian invoicing and stock program as a back office."""
