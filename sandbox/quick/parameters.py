"""SSM's parameters in this process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Parameters:
    """Values by name."""

    values: dict[str, str] = field(default_factory=dict)

    def answer(self, operation: str, body: str, _whole: bool = True) -> Mapping[str, Any]:
        """What SSM says to a call of ours, as the SDK parses it. Raises ValueError for a call nobody makes."""
        asked = json.loads(body)
        if operation == "PutParameter":
            self.values[asked["Name"]] = asked["Value"]
            return {"Version": 1}
        known = [name for name in asked["Names"] if name in self.values]
        unknown = [name for name in asked["Names"] if name not in self.values]
        if operation == "DeleteParameters":
            for name in known:
                del self.values[name]
            return {"DeletedParameters": known, "InvalidParameters": unknown}
        if operation != "GetParameters":
            raise ValueError(f"The bridge is not known to call {operation}")
        found = [{"Name": name, "Value": self.values[name]} for name in known]
        return {"Parameters": found, "InvalidParameters": unknown}
