"""``python -m shopbridge_cli``."""

from shopbridge_cli.app import app

app(prog_name="shopbridge")
