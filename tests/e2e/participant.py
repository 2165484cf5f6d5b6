"""A person at a page: does what they do by its test hooks, and tells what they hear and see."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from e2e.picture import CHANGING, Colour, from_rgb, nearest
from e2e.retry import until_right
from e2e.tab import TIMEOUT_S, Tab, wait_until
from e2e.voice import Sound, Voice, decode, mixed

LISTEN_S = 2.0
MOVES_S = 0.25
AUDIBLE = 1e-4
"""Mean square of a voice's notes from which on it counts as heard; a voice at full level is at about 1e-2."""
CLEAR = 30.0
"""A voice is told from another when it is so many times as strong (15 dB)."""

STATE_IS = "(states) => states.includes(document.documentElement.dataset.state)"
SHOWN = """(testId) => [...document.querySelectorAll(`[data-testid='${testId}']`)].some((e) => e.checkVisibility()
  && !e.disabled)"""
CHAT_HOLDS = """(text) => [...document.querySelectorAll("[data-testid='chat-message']")]
  .some((message) => message.textContent.includes(text))"""


class Participant:
    """`voice` and `colour` are what this one's microphone and camera give."""

    def __init__(self, tab: Tab, url: str, voice: Voice, colour: Colour) -> None:
        self.tab = tab
        self.url = url
        self.voice = voice
        self.colour = colour

    # --- what they do ---

    async def open(self, timeout_s: float = TIMEOUT_S) -> None:
        await self.tab.goto(self.url)
        await self.until_state("idle", timeout_s=timeout_s)

    async def reload(self) -> None:
        """Whoever was in the call is so again, without a tap."""
        await self.tab.goto(self.url)
        await self.until_in_call()

    async def join(self) -> None:
        await self.press("join")

    async def ask_to_be_let_in(self, timeout_s: float = TIMEOUT_S) -> None:
        """A patient's or companion's first visit up to the waiting room."""
        await self.open(timeout_s)
        await self.press("join", timeout_s)
        await self.press("consent-accept", timeout_s)
        await self.until_state("waiting", timeout_s=timeout_s)

    async def press(self, test_id: str, timeout_s: float = TIMEOUT_S) -> None:
        await wait_until(self.tab, SHOWN, test_id, timeout_s)
        await self.tab.click(test_id)

    async def say(self, text: str) -> None:
        """In the chat, which on a phone is opened over the call and closed again."""
        folded = not await self.tab.evaluate(SHOWN, "chat-input")
        if folded:
            await self.press("chat-toggle")
        await self.tab.fill("chat-input", text)
        await self.tab.click("chat-send")
        if folded:
            await self.press("chat-toggle")

    async def hang_up(self) -> None:
        await self.press("hang-up")
        await self.until_state("idle")

    async def come_back(self) -> None:
        await self.join()
        await self.until_in_call()

    async def end_consultation(self) -> None:
        """Physician only; the page asks once more."""
        await self.press("end-consultation")
        await self.press("end-confirm")

    # --- what they are told ---

    async def until_state(self, *states: str, timeout_s: float = TIMEOUT_S) -> None:
        await wait_until(self.tab, STATE_IS, list(states), timeout_s)

    async def until_in_call(self, timeout_s: float = TIMEOUT_S) -> None:
        await self.until_state("in-call", timeout_s=timeout_s)

    async def states(self) -> list[str]:
        """Every state that the page has been in since it was loaded, in order."""
        found: list[str] = await self.tab.evaluate("() => probe.states")
        return found

    async def until_chat_holds(self, text: str) -> None:
        await wait_until(self.tab, CHAT_HOLDS, text)

    # --- what they hear ---

    async def listen(self, seconds: float = LISTEN_S) -> Sound:
        """Everything that is being played, mixed; silence when that is nothing."""
        recordings = await self.tab.evaluate("(seconds) => probe.listen(seconds)", seconds)
        return mixed([decode(base64.b64decode(recording)) for recording in recordings])

    async def until_hears(self, *voices: Voice, timeout_s: float = TIMEOUT_S) -> None:
        """Exactly these voices: theirs stand out, and nobody else's (their own least of all) is there."""
        await until_right(lambda: self._hears_only(voices), timeout_s)

    async def until_silence(self, timeout_s: float = TIMEOUT_S) -> None:
        await until_right(self._hears_nobody, timeout_s)

    async def _hears_only(self, voices: tuple[Voice, ...]) -> str | None:
        """None when so; else what was heard."""
        powers = (await self.listen()).powers()
        floor = min(powers[voice] for voice in voices)
        others = max(power for voice, power in powers.items() if voice not in voices)
        return None if floor > AUDIBLE and floor > CLEAR * others else await self._told(powers)

    async def _hears_nobody(self) -> str | None:
        powers = (await self.listen(1.0)).powers()
        return None if max(powers.values()) < AUDIBLE / 10 else await self._told(powers)

    async def _told(self, powers: dict[Voice, float]) -> str:
        """What this one heard, and what the page has to say about it."""
        heard = ", ".join(f"{voice.name} {power:.1e}" for voice, power in powers.items())
        return f"{self.voice.name} heard {heard}; {await self.tab.evaluate('() => probe.hearing()')}"

    # --- what they see ---

    async def look(self) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = await self.tab.evaluate("() => probe.look()")
        return seen

    async def until_sees(self, *colours: Colour, timeout_s: float = TIMEOUT_S) -> None:
        """Exactly these cameras are on the screen, each moving, and the decoder is at work."""
        frames = await self.frames_decoded()
        await until_right(lambda: self._sees_moving(colours), timeout_s)
        await wait_until(self.tab, "async (before) => (await probe.framesDecoded()) > before", frames)

    async def until_sees_nothing(self, timeout_s: float = TIMEOUT_S) -> None:
        """No video of anybody else is on the screen, and none comes in unseen."""
        await until_right(self._sees_none, timeout_s)
        await until_right(self._decodes_none, timeout_s)

    async def _decodes_none(self) -> str | None:
        before = await self.frames_decoded()
        await self.listen(1.0)
        after = await self.frames_decoded()
        return f"{after - before} frames were decoded" if after > before else None

    async def _sees_none(self) -> str | None:
        seen = [nearest(from_rgb(*video["mean"])) for video in await self.look()]
        return f"saw {seen}" if any(seen) else None

    async def _sees_moving(self, colours: tuple[Colour, ...]) -> str | None:
        first = await self.look()
        await asyncio.sleep(MOVES_S)  # at five frames a second each picture is another one by then
        second = await self.look()
        seen = [nearest(from_rgb(*video["mean"])) for video in second]
        moving = [before["pixels"] != after["pixels"] for before, after in zip(first, second, strict=False)]
        right = len(seen) == 1 if colours == (CHANGING,) else {colour for colour in seen if colour} == set(colours)
        if right and all(moving):
            return None
        return (
            f"saw {[colour and colour.name for colour in seen]}, moving {moving}, {[video['mean'] for video in second]}"
        )

    async def frames_decoded(self) -> int:
        frames: int = await self.tab.evaluate("() => probe.framesDecoded()")
        return frames

    # --- what their connection is like ---

    async def selected_pair(self) -> dict[str, Any]:
        pair: dict[str, Any] = await wait_until(self.tab, "() => probe.selectedPair()")
        return pair

    async def connections_made(self) -> int:
        made: int = await self.tab.evaluate("() => probe.made()")
        return made

    async def descriptions(self) -> list[str]:
        """The local description of each live connection: it changes when the page negotiates anew."""
        found: list[str] = await self.tab.evaluate("() => probe.descriptions()")
        return found
