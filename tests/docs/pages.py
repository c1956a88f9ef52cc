"""The written side and the code beside it, for the tests that hold one against the other."""

import re
from pathlib import Path

from tools.settings_docs import DOCS

ROOT = Path(__file__).parents[2]
OPERATIONS = "\n".join(page.read_text() for page in sorted((DOCS / "operations").glob("*.md")))
TEMPLATE = (ROOT / "template.yaml").read_text()


def anchors(page: Path) -> set[str]:
    """The anchors GitHub makes of a page's headings."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
