"""An AWS on this machine, made from ``template.yaml``: see ``embedded.EmbeddedAws``."""
