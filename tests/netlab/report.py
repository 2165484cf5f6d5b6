"""A run as a page of its own (HTML, plots inside), and all stories as one table (Markdown)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

from netlab.outcome import Check, Message, Numbers, Outcome, median_checks
from netlab.stories import STORIES
from netlab.story import Story

STYLE: Final = (
    "body{font:15px system-ui;margin:2em;max-width:90em}table{border-collapse:collapse;margin:1em 0}"
    "td,th{border:1px solid #ccc;padding:.3em .7em;text-align:left}img{max-width:100%}.no{background:#fdd}"
)
COLUMNS: Final = (
    "first_sound_s", "stoi", "estoi", "delay_median_s", "delay_p95_s", "longest_gap_s", "first_picture_s",
    "live_share", "freeze_share",
)  # fmt: skip


def write_report(story: Story, run: Outcome, picture: Path, path: Path) -> None:
    """One file that needs no other."""
    image = base64.b64encode(picture.read_bytes()).decode()
    parts = (
        f"<h1>{escape(story.name)}</h1><p>{escape(story.says)}</p>",
        _html_table(("target", "to reach", "value", ""), [_row(check) for check in run.checks]),
        _html_table(("from", "to", *COLUMNS), [_way_row(numbers) for numbers in run.numbers]),
        *(f"<p>{numbers.speaker} to {numbers.listener}: {escape(_course(numbers))}</p>" for numbers in run.numbers),
        _html_table(("message", "reader", "written, s", "seen, s"), [_message_row(each) for each in run.messages]),
        f'<img alt="over time" src="data:image/png;base64,{image}">',
        *(f"<pre>{escape(fault)}</pre>" for fault in run.faults),
    )
    head = f'<!doctype html><meta charset="utf-8"><title>{escape(story.name)}</title><style>{STYLE}</style>'
    path.write_text(head + "\n".join(parts))


def markdown(runs: dict[str, list[Outcome]]) -> str:
    """Medians of every story's targets, beside what is to be reached."""
    lines = ["| story | link | target | to reach | median | runs | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for name, outcomes in runs.items():
        lines += _story_lines(STORIES[name], outcomes)
    return "\n".join(lines) + "\n"


def shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _story_lines(story: Story, outcomes: list[Outcome]) -> Iterable[str]:
    crashes = [run.crash for run in outcomes if run.crash]
    for index, check in enumerate(median_checks(story, outcomes)):
        values = ", ".join(shown(run.checks[index].value if run.checks else None) for run in outcomes)
        link = f"{story.name} | {story.says}" if index == 0 else " | "
        yield f"| {link} | {check.name} | {check.target} | {shown(check.value)} | {values} | {_word(check)} |"
    if crashes:
        yield f"| | | crashed | | | {len(crashes)} of {len(outcomes)} | **no** |"


def _word(check: Check) -> str:
    return "yes" if check.reached else "**no**"


def _row(check: Check) -> tuple[str, ...]:
    return check.name, check.target, shown(check.value), "yes" if check.reached else "no"


def _way_row(numbers: Numbers) -> tuple[str, ...]:
    return numbers.speaker, numbers.listener, *(shown(getattr(numbers, column)) for column in COLUMNS)


def _message_row(message: Message) -> tuple[str, ...]:
    seen = ", ".join(f"{at_s:.1f}" for at_s in message.seen_at_s)
    return message.text, message.reader, f"{message.written_at_s:.1f}", seen or "no"


def _course(numbers: Numbers) -> str:
    return ", ".join(f"{max(0.0, at_s):.1f} s {level}" for at_s, level in numbers.levels) or "no levels told"


def _html_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(
        f"<tr{' class=no' if row[-1] == 'no' else ''}>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in rows
    )
    return f"<table><tr>{''.join(f'<th>{escape(head)}' for head in heads)}{body}</table>"
