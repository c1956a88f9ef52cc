"""What a cold start costs: each function beside a bare script that imports boto3 and makes the same two clients.

``make bench-cold-start`` prints a table. The layer is built as ``sam build`` does, but with the wheels of this machine
and the Python that runs this, with its compiled code; the bare script has the SDK as pip installs it, compiled as well.
What is counted is the CPU time of fresh processes that take turns, less what an empty one takes.
"""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median

from sandbox.aws.template import read_template
from sandbox.quick.cloud import names

ROOT = Path(__file__).parents[1]
LAYER = ROOT / "layers" / "shared"
BUILT = ROOT / "build" / "cold_start"
ROUNDS = 7
EMPTY, BARE = "empty", "bare boto3"
CLIENTS = ("dynamodb", "sqs")
"""What every function speaks to first."""
_BARE_SCRIPT = f"import boto3\nfor name in {CLIENTS}: boto3.client(name)"
_HANDLER_SCRIPT = "from app import container\n" + "\n".join(f"container.aws.{name}" for name in CLIENTS)
_WORLD = {
    **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), "eu-central-1"),
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "none"),
}


def cold_starts(rounds: int = ROUNDS) -> Mapping[str, float]:
    """Return by function's folder how many times as much as the bare script its cold start takes."""
    return ratios(measured(rounds))


def measured(rounds: int = ROUNDS) -> Mapping[str, Sequence[float]]:
    """Return seconds of CPU by what was started, round by round; builds the layer first where it is not as it was."""
    starts = _starts(built_layer())
    found: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(rounds):
        for name, (script, world) in starts.items():
            found[name].append(_cpu(script, world))
    return found


def ratios(seconds: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """Return by function the median of its rounds over that of the bare script, each less that of an empty process."""
    empty, bare = median(seconds[EMPTY]), median(seconds[BARE])
    return {
        name: (median(rounds) - empty) / (bare - empty) for name, rounds in seconds.items() if name not in {EMPTY, BARE}
    }


def built_layer() -> Path:
    """Return the folder of the layer's libraries, built by its Makefile for this machine."""
    folder = BUILT / _state_of_layer()
    if not folder.exists():
        making = folder.with_suffix(".making")
        host = {"PIP": f"{sys.executable} -m pip", "WHEELS": "", "COMPILER": sys.executable, "ARTIFACTS_DIR": making}
        told = [f"{name}={value}" for name, value in host.items()]
        subprocess.run(["make", "--silent", "-C", LAYER, "build-SharedLayer", *told], check=True)  # noqa: S603, S607
        making.rename(folder)
    return folder / "python"


def _state_of_layer() -> str:
    """A name for exactly what the layer would be built of."""
    files = sorted(path for path in LAYER.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    told = sha256(sys.version.encode())
    for path in files:
        told.update(str(path.relative_to(LAYER)).encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _starts(layer: Path) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Scripts, each with its environment."""
    sdk = {"PYTHONPATH": sysconfig.get_paths()["purelib"]}
    handlers = {folder: (_HANDLER_SCRIPT, world) for folder, world in _functions(layer)}
    return {EMPTY: ("", {}), BARE: (_BARE_SCRIPT, sdk), **handlers}


def _functions(layer: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each function's folder with what it is told, as far as template.yaml itself knows it."""
    template = read_template(ROOT / "template.yaml", {})
    for name, found in sorted(template.of_type("AWS::Lambda::Function")):
        told = found["Properties"]["Environment"]["Variables"]
        plain = {variable: value for variable, value in told.items() if isinstance(value, str) and value}
        folder = template.functions[name].module.split(".")[1]
        path = os.pathsep.join(map(str, (ROOT / "functions" / folder, layer)))
        yield folder, {**names(), **plain, "AWS_LAMBDA_FUNCTION_NAME": name, "PYTHONPATH": path}


def _cpu(script: str, world: Mapping[str, str]) -> float:
    """Seconds of CPU of a process of its own: of the interpreter alone, nothing of this environment."""
    process = subprocess.Popen([sys.executable, "-S", "-c", script], env={**_WORLD, **world})  # noqa: S603 - our own
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"It ended with {process.returncode}: {script}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the ratios, the dearest last."""
    for name, ratio in sorted(cold_starts().items(), key=lambda found: found[1]):
        print(f"{name:<18} {ratio:>5.2f}")


if __name__ == "__main__":
    main()
