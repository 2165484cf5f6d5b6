"""docs/resume-rules.md, "A media node and generations": every cell on the SFU, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from free_port import free_port
from media import contract
from media.sfu import Sfu
from resume_rules import Cell, cells

OFFER = (Path(__file__).parent / "offers" / "chromium.sdp").read_text()
NOTHING_HEARD = dict.fromkeys(contract.Report.model_fields.keys() - contract.Leave.model_fields.keys() - {"rtt_ms"}, 0)
COMMANDS: dict[str, tuple[type[contract.MediaCommand], dict[str, Any]]] = {
    "join": (contract.Join, {"offer": OFFER}),
    "restart": (contract.Restart, {"offer": OFFER}),
    "leave": (contract.Leave, {}),
    "set_policy": (contract.SetPolicy, {"policy": contract.Policy(video=False)}),
    "report": (contract.Report, NOTHING_HEARD),
}
TABLE = cells("A media node and generations")


@pytest.fixture
async def sfu() -> AsyncIterator[Sfu]:
    config = contract.MediaConfig(
        node_id="n1", redis_url="unused", port=free_port(), bind=("127.0.0.1",), public_ips=("127.0.0.1",)
    )
    made = Sfu(config, lambda event: None)
    await made.open()
    yield made
    await made.close()


@pytest.mark.parametrize("cell", TABLE, ids=str)
async def test_cell(cell: Cell, sfu: Sfu) -> None:
    if cell.state != "knows nobody":
        assert ask(sfu, "join", 2) == "answered"
    generation = 2 if cell.state == "knows nobody" else int(cell.state)
    answer = ask(sfu, cell.event, generation)
    known = {peer.generation for room in sfu.rooms.values() for peer in room.peers.values()}
    if answer.startswith("refused"):
        assert answer == cell.outcome
        assert known == (set() if cell.state == "knows nobody" else {2})
    else:
        assert f"{answer}: {known.pop() if known else 'nobody'}" == cell.outcome


def ask(sfu: Sfu, command: str, generation: int) -> str:
    kind, rest = COMMANDS[command]
    names = {"request_id": "r", "reply_to": "s", "room": "room", "participant": "ana", "generation": generation}
    reply = sfu.handle(kind(**names, **rest))
    return f"refused: {reply.code}" if isinstance(reply, contract.Refused) else reply.type


def test_table_is_whole() -> None:
    assert {cell.event for cell in TABLE} == set(COMMANDS)
    assert {cell.state for cell in TABLE} == {"knows nobody", "1", "2", "3"}
