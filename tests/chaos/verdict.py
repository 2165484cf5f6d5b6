"""The checker's whole judgement of a run: every broken promise, none twice. Pure."""

from __future__ import annotations

from chaos.check_answers import answers
from chaos.check_seats import seats
from chaos.check_sound import sound
from chaos.check_words import words
from chaos.history import History
from chaos.violation import Violation


def verdict(history: History, patience_s: float = 0.0) -> list[Violation]:
    """Empty: all was kept, or came no later than `patience_s` after it was due."""
    found = dict.fromkeys([*words(history), *seats(history), *answers(history), *sound(history)])
    return [violation for violation in found if not 0 < violation.late_s <= patience_s]
