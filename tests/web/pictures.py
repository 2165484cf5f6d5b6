"""Takes the pages' pictures for the documentation: `python -m tests.web.pictures`, from the repository's root.

People, links and messages are played (tests/web/scene.py); the pages are the real ones.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.web.scene import DESK, PHONE, Json, Role, Scene, Theatre, seat, theatre

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"
TALK: list[tuple[Role, str]] = [
    ("physician", "Buenos días, María. ¿Desde cuándo le duele?"),
    ("patient", "Desde el domingo, doctora. Más por las mañanas."),
]
STEPS = [
    (660, "up", "A1", "start"), (660, "down", "A1", "start"), (650, "up", "V1", "recovered"),
    (645, "down", "V3", "recovered"), (420, "up", "A2", "congested"), (330, "up", "V1", "recovered"),
    (190, "up", "T", "silent"), (165, "up", "A1", "returned"), (120, "up", "V2", "recovered"),
]  # fmt: skip
NOTE = """Cefalea occipital, peor por las mañanas. TA en casa 150/95. Sin fiebre ni vómitos.
- Losartán 50 mg, a veces lo olvida"""
QUALITY = {
    "type": "quality", "seat": "patient", "rtt_ms": 340.0, "up_level": "V2", "down_level": "V3",
    "up_bps": 110_000, "up_loss": 0.02, "up_queue_ms": 40, "up_capacity_bps": 210_000,
    "down_bps": 330_000, "down_loss": 0.0, "down_queue_ms": 0, "down_capacity_bps": 520_000,
}  # fmt: skip


async def patient(stage: Theatre) -> None:
    newcomer = seat("patient", consented=False, arrived=False, admitted=False, present=False)
    scene = await stage.scene("patient", PHONE, [newcomer, seat("physician")], scale=2)
    await shoot(scene, "patient-idle")
    await scene.page.get_by_test_id("join").click()
    await scene.page.get_by_test_id("consent-accept").click()
    await shoot(scene, "patient-waiting")
    scene = await stage.scene("patient", PHONE, [seat("patient"), seat("physician")], scale=2)
    await scene.join()
    await shoot(scene, "patient-call", 2500)
    talk(scene)
    await scene.page.get_by_test_id("chat-toggle").click()
    await shoot(scene, "patient-chat")
    await scene.page.get_by_role("button", name="Cerrar el chat").last.click()
    scene.level("patient", up="A1", down="A1")
    await shoot(scene, "patient-voice", 1500)
    scene.level("patient", up="T", down="T")
    await shoot(scene, "patient-text", 5000)


async def lost(stage: Theatre) -> None:
    """The own way, the other one's, and the server's."""
    scene = await clocked(stage)
    await scene.lose_the_path()
    await scene.until("state", "reconnecting")
    await scene.pass_time(135)
    await shoot(scene, "patient-lost")
    await scene.lose_the_line()
    await scene.page.get_by_test_id("chat-toggle").click()
    await scene.page.get_by_test_id("chat-input").fill("Doctora, se me fue la luz un momento")
    await scene.page.get_by_test_id("chat-send").click()
    await shoot(scene, "patient-lost-chat")
    scene = await clocked(stage)
    scene.say({"type": "path_lost", "seat": "physician"})
    await scene.pass_time(25)
    await shoot(scene, "patient-other-lost")


async def clocked(stage: Theatre) -> Scene:
    """A patient in the call, whose time can pass faster."""
    scene = await stage.scene("patient", PHONE, [seat("patient"), seat("physician")], scale=2)
    await scene.page.clock.install()
    await scene.join()
    await scene.page.wait_for_selector("[data-video=live]")
    return scene


async def physician(stage: Theatre) -> None:
    now_ms = int(time.time() * 1000)
    past = [(now_ms - ago_s * 1000, step(way, level, reason)) for ago_s, way, level, reason in STEPS]
    waiting = seat("patient", admitted=False, present=False)
    scene = await stage.scene("physician", DESK, [waiting, seat("physician", arrived=False, present=False)])
    await shoot(scene, "physician-waiting")
    scene = await stage.scene("physician", DESK, [seat("patient", up_level="V2"), seat("physician")], past, note=NOTE)
    await scene.join()
    scene.send(QUALITY)
    talk(scene)
    await shoot(scene, "physician-call", 2500)
    scene.level("patient", up="T", reason="silent")
    await shoot(scene, "physician-one-way", 1500)


def step(way: str, level: str, reason: str) -> Json:
    return {"type": "level_changed", "seat": "patient", "direction": way, "level": level, "reason": reason}


def talk(scene: Scene) -> None:
    for role, text in TALK:
        scene.say({"type": "chat", "seat": role, "text": text, "command_id": f"{role}-{len(text)}"})


async def shoot(scene: Scene, name: str, after_ms: int = 600) -> None:
    await scene.page.mouse.move(1, 300)
    await scene.page.wait_for_timeout(after_ms)
    await scene.page.screenshot(path=IMAGES / f"{name}.png")


async def main() -> None:
    async with theatre() as stage:
        await patient(stage)
        await lost(stage)
        await physician(stage)


if __name__ == "__main__":
    asyncio.run(main())
