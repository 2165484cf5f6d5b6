"""`make bench-join`: how long a real browser takes from the click on join to the first frame of the other's video."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.process import stop
from bench.report import machine

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
STAMPS = (Path(__file__).parent / "join.js").read_text()
TARGET_MS = 600
SETTLE_MS = 1500
"""A reloaded page may still fetch or paint; nobody clicks in its first moment either."""


@dataclass(frozen=True)
class Joins:
    """Milliseconds, one entry a join; the admission is measured once, at both sides."""

    machine: str
    click_to_frame_ms: list[float]
    admit_to_frame_physician_ms: float
    admit_to_frame_patient_ms: float

    @property
    def median_ms(self) -> float:
        return statistics.median(self.click_to_frame_ms)


def main() -> None:
    arguments = _arguments()
    with _demo() as links, sync_playwright() as playwright:
        joins = measure(playwright, links["patient_url"], links["physician_url"], arguments.joins)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(asdict(joins), indent=1))
    print(joins.machine)
    print(f"click on join -> first remote frame, ms: {', '.join(f'{ms:.0f}' for ms in joins.click_to_frame_ms)}")
    print(f"median {joins.median_ms:.0f} ms (target {TARGET_MS} ms)")
    print(
        f"click on admit -> first remote frame: physician {joins.admit_to_frame_physician_ms:.0f} ms, "
        f"patient {joins.admit_to_frame_patient_ms:.0f} ms"
    )


def measure(playwright: Playwright, patient_url: str, physician_url: str, count: int) -> Joins:
    """One consultation: the patient waits and is admitted, then comes back `count` times."""
    patient, physician = _open(playwright, patient_url), _open(playwright, physician_url)
    _wait_in_line(patient)
    physician.get_by_test_id("admit").first.click()
    frames = [_first_frame_at(page) for page in (physician, patient)]
    admitted_at: float = physician.evaluate("benchStamps.clickedAt")
    return Joins(
        machine=machine(),
        click_to_frame_ms=[_come_back(patient) for _ in range(count)],
        admit_to_frame_physician_ms=frames[0] - admitted_at,
        admit_to_frame_patient_ms=frames[1] - admitted_at,
    )


def _open(playwright: Playwright, url: str) -> Page:
    """A browser of its own, at the link."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    page = browser.new_page(locale="es-VE")
    page.add_init_script(STAMPS)
    page.goto(url)
    return page


def _wait_in_line(patient: Page) -> None:
    patient.get_by_test_id("join").click()
    patient.get_by_test_id("consent-accept").click()
    patient.locator("html[data-state=waiting]").wait_for()


def _come_back(patient: Page) -> float:
    """Hang up, load the page anew, join. A reload in a call joins by itself, so there would be no click."""
    patient.get_by_test_id("hang-up").click()
    patient.locator("html[data-state=idle]").wait_for()
    patient.reload()
    patient.get_by_test_id("join").wait_for()
    patient.wait_for_timeout(SETTLE_MS)
    patient.get_by_test_id("join").click()
    return _first_frame_at(patient) - float(patient.evaluate("benchStamps.clickedAt"))


def _first_frame_at(page: Page) -> float:
    return float(page.evaluate("benchStamps.firstFrame"))


@contextmanager
def _demo() -> Iterator[dict[str, str]]:
    """`hilo demo --json` with data of its own; its links."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "signaling.cli", "demo", "--json"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")}
        server = subprocess.Popen(
            command, env={**environment, "HILO_DATA_DIR": str(Path(folder) / "data")}, stdout=subprocess.PIPE
        )
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())
        finally:
            stop(server)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.join", description=__doc__)
    parser.add_argument("--joins", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("build/bench-join.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
