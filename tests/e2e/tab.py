"""What a test needs of a browser's tab, whichever browser it is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Protocol

PROBE = Path(__file__).with_name("probe.js").read_text()
POLL_S = 0.05
TIMEOUT_S = 30.0


class Tab(Protocol):
    """A page that is driven. `function` is the text of a JavaScript function of at most one argument."""

    async def goto(self, url: str) -> None: ...

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """What the function returns, a promise awaited."""

    async def click(self, test_id: str) -> None:
        """As a person does: with user activation, and only what can be clicked."""

    async def fill(self, test_id: str, text: str) -> None: ...


async def wait_until(tab: Tab, function: str, argument: Any = None, timeout_s: float = TIMEOUT_S) -> Any:
    """Ask the page again and again until the function's result is truthy, and return that."""
    last: Any = None
    try:
        async with asyncio.timeout(timeout_s):
            while not (last := await tab.evaluate(function, argument)):  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        shown = await tab.evaluate("() => `${document.documentElement.dataset.state}: ${document.body.innerText}`")
        raise AssertionError(f"waited {timeout_s} s for {function} {json.dumps(argument)} on page in {shown}") from None
    return last
