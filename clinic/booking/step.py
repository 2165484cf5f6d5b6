"""What the diary's Lua step is given, and the answer that it keeps: the fields that scripts.py speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from clinic.booking.rules import Decision, Fact, Refusal, RefusalCode


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Visit(_Model):
    """What becomes of the consultation in the same step."""

    version_read: str
    """Empty when there must be none yet."""
    state: str
    """JSON, after the event, words sealed."""
    subject: str
    """Whose data key seals them."""
    event: str | None
    """JSON, for the timeline; None when the consultation is created."""
    starts: str
    ends: str
    """RFC 3339."""
    closes_ms: str
    links_until_ms: str
    """Join links are forgotten then."""
    links: tuple[str, ...]
    """SHA-256 of the tokens of all join links."""
    over: bool = False
    """It ends, and its links go."""


class Step(_Model):
    """Numbers are text: Redis takes and gives them so."""

    body: str
    answer: str
    answer_kept_ms: str
    appointment: str
    physician: str
    patient: str
    """The two are fields of `keys.VERSIONS`."""
    version_read: str
    physician_read: str
    patient_read: str
    """Versions that the decision rests on; empty for none."""
    taker: str | None
    """Of `keys.VERSIONS`: the physician who has it from now on, where that changes."""
    bell: str
    """Channel to publish the appointment's id on when its timeline grew."""
    fact: Fact | None
    """With it, `record` and `starts_ms` are set; without it only the answer is kept."""
    record: str | None
    starts_ms: str | None
    visit: Visit | None

    def json_text(self) -> str:
        """Without what is None: Lua takes null for true."""
        return self.model_dump_json(exclude_none=True)


class Answer(_Model):
    """Kept under the idempotency key."""

    appointment: str
    refused: RefusalCode | None = None
    clash: str | None = None


@dataclass(frozen=True)
class Done:
    """The command is durable; `repeated`: it was before."""

    appointment: str
    repeated: bool = False


def answer_of(appointment: str, decision: Decision) -> str:
    """What is kept, as JSON."""
    if isinstance(decision, Refusal):
        answer = Answer(appointment=appointment, refused=decision.code, clash=decision.clash)
    else:
        answer = Answer(appointment=appointment)
    return answer.model_dump_json(exclude_none=True)


def outcome(result: list[bytes], fresh: str) -> Done | Refusal | None:
    """What the step's result means for who asked; None for a lost race. `fresh`: the answer if it is a first one."""
    match result:
        case [b"conflict"]:
            return None
        case [b"reused"]:
            return Refusal("idempotency-key-reused")
        case [b"repeated", before]:
            return _told(before, repeated=True)
        case [b"done"]:
            return _told(fresh, repeated=False)
    raise RuntimeError(f"the step answered {result!r}")


def _told(kept: str | bytes, repeated: bool) -> Done | Refusal:
    answer = Answer.model_validate_json(kept)
    if answer.refused is not None:
        return Refusal(answer.refused, answer.clash)
    return Done(answer.appointment, repeated)
