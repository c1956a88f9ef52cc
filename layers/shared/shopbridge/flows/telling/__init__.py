"""What the watch tells at each look: figures to the log, troubles and daily summaries to people."""
