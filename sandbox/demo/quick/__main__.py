"""``python -m sandbox.demo.quick PAIR``: one pair's story in this process, judged as in the demo."""

from pathlib import Path
from typing import Annotated

import typer

from sandbox.demo.judgement.report import shown, write
from sandbox.demo.quick.world import quickly
from sandbox.demo.run import BUILD, RESULT
from sandbox.demo.screen import Screen

app = typer.Typer(add_completion=False)


@app.command()
def main(
    pair: Annotated[str, typer.Argument(help="Shop and back office.")],
    build: Annotated[Path, typer.Option(help="Where the result is written.")] = BUILD,
) -> None:
    """Run orders from a shop to a back office, with nothing that waits."""
    screen = Screen()
    screen.say(f"Shopbridge in one process, on a clock that nobody waits for: {pair}")
    run = quickly(pair, screen)
    write([run], build / RESULT)
    screen.console.print(shown(run))
    raise typer.Exit(0 if run.good else 1)


if __name__ == "__main__":
    app()
