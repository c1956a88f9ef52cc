"""What to know while the demo stays up."""

from collections.abc import Iterator

from sandbox.aws.environment import endpoints
from sandbox.demo.world import World

NEEDED = ("AWS_ENDPOINT_URL_LAMBDA", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def reached(world: World) -> Iterator[str]:
    """Addresses, and what to type to reach the bridge from another terminal."""
    yield f"shop            {world.shop_url}/"
    yield f"back office     {world.office_url}/"
    yield f"webhooks        {world.aws.api_url}/hooks/…"
    yield f"embedded AWS    {world.aws.moto_url}/"
    yield f"activity        {world.aws.activity.file}"
    yield ""
    variables = endpoints(world.aws.moto_url, world.aws.lambda_url)
    for name in NEEDED:
        yield f"export {name}={variables[name]}"
    yield f"export SHOPBRIDGE_OPERATIONS_FUNCTION={world.function}"
    yield ".venv/bin/python -m cli list       # also: held, order 10018, words, show, poll …"
