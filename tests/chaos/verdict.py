"""The checker's whole judgement of a run: every broken promise, none twice. Pure."""

from __future__ import annotations

from chaos.check_seats import seats
from chaos.check_sound import sound
from chaos.check_words import words
from chaos.history import History
from chaos.violation import Violation


def verdict(history: History) -> list[Violation]:
    """Empty: everything that was promised was kept."""
    return list(dict.fromkeys([*words(history), *seats(history), *sound(history)]))
