"""axe-core on a page as it stands: what keeps people with assistive technology out (WCAG 2.2 A and AA)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from e2e.tab import Tab

ROOT = Path(__file__).parent.parent.parent
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([source, tags]) => {
  if (!window.axe) (0, eval)(source);
  const found = await window.axe.run(document, { runOnly: { type: "tag", values: tags } });
  const told = ({ target, failureSummary }) => [target.join(" "), failureSummary];
  return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(told) }));
}"""


async def assert_accessible(tab: Tab, state: str) -> None:
    """No violation; `state` is for who reads the failure."""
    found: list[dict[str, Any]] = await tab.evaluate(RUN, [_source(), TAGS])
    assert not found, f"{state}: " + "\n".join(f"{each['id']} ({each['help']}): {each['nodes']}" for each in found)


@cache
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
