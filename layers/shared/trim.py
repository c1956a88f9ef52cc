"""Takes out of the layer what no function uses; ``Makefile`` calls it with the folder of the libraries.

AWS publishes the SDK with every service it has, each described for people as well. To make a client is to read that.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SERVICES = ("cloudwatch", "dynamodb", "logs", "scheduler", "sesv2", "sns", "sqs", "ssm")
"""What the functions call, as the SDK names it."""
DESCRIBES = ("service-2.json", "endpoint-rule-set-1.json")
"""Files of a service that a client is made of; the others serve pages of results, waiting and examples."""
UNUSED = ("bin", "boto3/data", "boto3/examples")
PEOPLE = "documentation"


def main(libraries: Path) -> None:
    """Trim what was installed into the folder."""
    for name in UNUSED:
        shutil.rmtree(libraries / name, ignore_errors=True)
    trim_data(libraries / "botocore" / "data")


def trim_data(data: Path) -> None:
    """Keep what clients of ``SERVICES`` are made of."""
    for other in [each for each in data.iterdir() if each.is_dir() and each.name not in SERVICES]:
        shutil.rmtree(other)
    for service in SERVICES:
        _trim_service(data / service)
    prefixes = {_prefix(data / service) for service in SERVICES}
    _rewrite(data / "endpoints.json", of_services(json.loads((data / "endpoints.json").read_bytes()), prefixes))


def of_services(endpoints: Mapping[str, Any], prefixes: set[str]) -> Mapping[str, Any]:
    """Return the table of endpoints with all partitions and regions, and of the services only these."""
    partitions = [
        {**each, "services": {name: told for name, told in each["services"].items() if name in prefixes}}
        for each in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def undocumented(told: Any) -> Any:
    """Return a description without what is written for people; a member of that name stays."""
    if isinstance(told, list):
        return [undocumented(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {name: undocumented(each) for name, each in told.items() if not (name == PEOPLE and isinstance(each, str))}


def _trim_service(service: Path) -> None:
    *older, newest = sorted(service.iterdir())
    for version in older:
        shutil.rmtree(version)
    for found in list(newest.iterdir()):
        name = found.name.removesuffix(".gz")
        if name in DESCRIBES:
            packed = found.read_bytes()
            told = json.loads(gzip.decompress(packed) if found.suffix == ".gz" else packed)
            _rewrite(newest / name, undocumented(told))
        if name != found.name or name not in DESCRIBES:
            found.unlink()


def _prefix(service: Path) -> str:
    (model,) = service.glob("*/service-2.json")
    return str(json.loads(model.read_bytes())["metadata"]["endpointPrefix"])


def _rewrite(path: Path, told: Any) -> None:
    path.write_text(json.dumps(told, separators=(",", ":")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
