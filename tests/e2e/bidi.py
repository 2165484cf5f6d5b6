"""WebDriver BiDi as far as these tests need it, over Firefox's own WebSocket: no driver program in between.

https://w3c.github.io/webdriver-bidi/
"""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import aiohttp

COMMAND_TIMEOUT_S = 60.0
RESULT_AS_JSON = "async (argument) => JSON.stringify((await ({function})(JSON.parse(argument))) ?? null)"


class BidiError(RuntimeError):
    """The browser refused a command, or the page's function threw."""


class BidiTab:
    """A `Tab` of a browser that speaks BiDi. One command at a time; events are read over."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._context = ""
        self._one_at_a_time = asyncio.Lock()

    async def start(self, preload: str) -> None:
        """Open the session; `preload` is JavaScript that runs before each page's own."""
        await self._command("session.new", capabilities={})
        tree = await self._command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        await self._command("script.addPreloadScript", functionDeclaration=f"() => {{ {preload} }}")

    async def goto(self, url: str) -> None:
        await self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        answer = await self._command(
            "script.callFunction",
            functionDeclaration=RESULT_AS_JSON.replace("{function}", function),
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def click(self, test_id: str) -> None:
        await self.evaluate(
            "(id) => [...document.querySelectorAll(`[data-testid='${id}']`)].find((e) => e.checkVisibility()).click()",
            test_id,
        )

    async def fill(self, test_id: str, text: str) -> None:
        await self.evaluate(
            """([id, text]) => {
              const input = document.querySelector(`[data-testid='${id}']`);
              input.value = text;
              input.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }""",
            [test_id, text],
        )

    async def _command(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        async with self._one_at_a_time:
            await self._socket.send_json({"id": number, "method": method, "params": params})
            message = await self._answer(number)
        if message["type"] == "error":
            raise BidiError(f"{method}: {message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    async def _answer(self, number: int) -> dict[str, Any]:
        async with asyncio.timeout(COMMAND_TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self._socket.receive_json()
                if message.get("id") == number:
                    return message
