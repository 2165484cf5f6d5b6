"""A page's commands go out in order, again after a loss, and no faster than the server takes them."""

from __future__ import annotations

from chaos.waiting import CHAT_BURST, CHAT_PER_S, REFUSED_WAIT_S, Waiting


def device(chats: int) -> Waiting:
    made = Waiting("phone")
    for _ in range(chats):
        made.make("chat", text="hola")
    return made


def numbers(waiting: Waiting, now_s: float) -> list[int]:
    return [int(command["id"].rpartition("-")[2]) for command in waiting.due(now_s)]


def test_what_is_new_goes_out_once() -> None:
    waiting = device(2)
    assert numbers(waiting, 0) == [1, 2]
    assert numbers(waiting, 1) == []


def test_what_is_not_answered_goes_out_again_on_a_new_line() -> None:
    waiting = device(3)
    waiting.due(0)
    waiting.settle("phone-00002")
    waiting.again(1)
    assert numbers(waiting, 1) == [1, 3]


def test_a_burst_is_bounded_and_holds_back_what_follows() -> None:
    waiting = device(CHAT_BURST + 2)
    waiting.make("save_note", text="")
    assert len(waiting.due(0)) == CHAT_BURST
    assert numbers(waiting, 1 / CHAT_PER_S) == [CHAT_BURST + 1]
    assert numbers(waiting, 2 / CHAT_PER_S) == [CHAT_BURST + 2, CHAT_BURST + 3]


def test_one_that_was_too_fast_goes_first_again() -> None:
    waiting = device(3)
    waiting.due(0)
    waiting.too_fast("phone-00002", 0)
    assert numbers(waiting, REFUSED_WAIT_S) == []
    assert numbers(waiting, REFUSED_WAIT_S + 2.1 / CHAT_PER_S) == [2, 3]
