"""All commands together; each module of them asks the operations function and shows its answers."""

import typer

from shopbridge_cli import connections, deployments, orders, privacy, runs, settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Shopbridge for operators: set connections up, see what became of orders, repair what is held, start runs.",
)
for module in (deployments, connections, orders, runs, privacy):
    app.add_typer(module.commands)
app.add_typer(runs.runs, name="runs")
app.add_typer(settings.settings, name="settings")
app.add_typer(settings.maps, name="map")
