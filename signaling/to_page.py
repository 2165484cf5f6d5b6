"""What a page is told: every message on its socket, and the answer to its polls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from clinic.events import Event
from media.contract import Level
from signaling.message import CommandId, EventId, Message, Role

VERSION = 1


class Seat(Message):
    id: str
    role: Role
    name: str
    consented: bool = False
    arrived: bool = False
    admitted: bool = False
    present: bool = False
    """Has a media session and has not left."""
    path_lost: bool = False
    audio: bool = True
    video: bool = True
    problem: str | None = None
    up_level: Level = "V3"
    down_level: Level = "V3"
    """Rungs of what the seat sends and receives; `V3` before media told."""
    level_reason: str = "start"
    """Of the last change of either."""
    hold: Literal["video", "voice", "text"] = "video"
    save_data: bool = False
    language: str = ""
    """BCP 47, of an interpreter."""
    handed: bool = False
    """A physician who gave the consultation to another, and loses the seat by leaving it."""
    revoked: bool = False
    """Nobody comes in by it any more; its name is kept for what was said from it."""


class Consultation(Message):
    """The state of the consultation up to and with event `upto`; later events change it as `clinic.events` says."""

    id: str
    status: Literal["scheduled", "in-progress", "ended"]
    starts_at: str
    """RFC 3339 with offset, in the clinic's time zone."""
    ends_at: str
    clinic: str
    reason: str
    """What the appointment is for; empty on a patient's page."""
    note: str = ""
    """The physicians' private note; empty on everybody else's page."""
    note_id: str = ""
    """Of the `save_note` that it came from; empty before the first."""
    seats: tuple[Seat, ...]
    upto: EventId | None


class ConsentItem(Message):
    """One point. `optional`: answered by yes or no of its own."""

    id: str
    text: str
    optional: bool


ConsentWhy = Literal["never-given", "withdrawn", "new-text", "guardian-needed", "came-of-age"]
ConsentBy = Literal["self", "guardian", "companion"]


class ConsentText(Message):
    """The clinic's text, as this seat must accept it before it may enter."""

    version: str
    lang: Literal["es", "en"]
    sha256: str
    """Of the canonical JSON of what is shown (clinic/intake/consent_text.py), which a page computes itself."""
    items: tuple[ConsentItem, ...]
    why: ConsentWhy
    """It is asked (again)."""
    by: ConsentBy
    """Who gives it: `guardian` for a minor, with the guardian's name and document."""


class IceServer(Message):
    """As W3C RTCIceServer: given to RTCPeerConnection as it is."""

    urls: tuple[str, ...]
    username: str
    credential: str


class StoredEvent(Message):
    id: EventId
    at_ms: int
    """Unix time in ms when it became durable."""
    event: Event


class Welcome(Message):
    type: Literal["welcome"] = "welcome"
    v: int = VERSION
    seat: str
    consultation: Consultation
    consent: ConsentText | None
    """None: nothing is missing."""
    ice_servers: tuple[IceServer, ...]
    slots: int
    """How many audio+video pairs of receive-only m-lines the offer must hold."""
    events: tuple[StoredEvent, ...]
    """Those after `after` (or all), oldest first, at most PAGE_EVENTS."""
    more: bool


class Events(Message):
    type: Literal["events"] = "events"
    events: tuple[StoredEvent, ...]
    more: bool = False


class Ack(Message):
    """The command with this id is durable. A repeated id is acknowledged again and not applied twice."""

    type: Literal["ack"] = "ack"
    id: CommandId


RefusedCode = Literal[
    "consent-required", "not-allowed", "not-admitted", "ended", "unknown-seat", "stale-consent", "too-fast", "not-open",
    "note-changed", "consent-items", "guardian-needed", "guardian-document", "guardian-wrong", "full",
]  # fmt: skip


class Refused(Message):
    """The command with this id was not applied, and never will be under this id."""

    type: Literal["refused"] = "refused"
    id: CommandId
    code: RefusedCode
    message: str
    """In the page's language: what happened and what to do next."""


class RoomSlot(Message):
    audio_mid: str | None
    video_mid: str | None
    seat: str | None


class Answer(Message):
    type: Literal["answer"] = "answer"
    request: int
    sdp: str
    slots: tuple[RoomSlot, ...]


NoAnswerCode = Literal["restart-unknown", "retry", "bad-offer", "room-full", "not-admitted", "ended"]


class NoAnswer(Message):
    """`restart-unknown`: make a new PeerConnection and offer that. `retry`: offer again after `after_ms`."""

    type: Literal["no_answer"] = "no_answer"
    request: int
    code: NoAnswerCode
    after_ms: int = 0


class Slots(Message):
    """Who is in which slot from now on."""

    type: Literal["slots"] = "slots"
    slots: tuple[RoomSlot, ...]


class Renegotiate(Message):
    """The media node is gone: make a new PeerConnection and offer it now, unasked."""

    type: Literal["renegotiate"] = "renegotiate"


class VideoOrder(Message):
    width: int
    height: int
    frames_per_s: int
    bitrate_bps: int


class AudioOrder(Message):
    bitrate_bps: int
    ptime_ms: int
    redundant: bool = False
    """Send the sound of the packet before again in each one (RFC 2198), where the answer has `red`."""


class Received(Message):
    seat: str
    audio: bool
    video: bool


class Adapt(Message):
    """The whole of what this page shall send and expect from now on, whatever came before. Answer with `report`.

    An epoch that is not newer than the one in force is ignored. Epochs start anew with each PeerConnection: what comes
    before its answer is meant for the one before.
    """

    type: Literal["adapt"] = "adapt"
    epoch: int
    level: Level
    video: VideoOrder | None
    """None: stop sending video, keep the camera."""
    audio: AudioOrder | None
    """None: stop sending sound, keep the microphone."""
    jitter_ms: int | None
    """`jitterBufferTarget` of the audio receivers; None: the browser's own choice."""
    picture_ms: int | None = None
    """The same of the video receivers."""
    receives: tuple[Received, ...]
    """What comes of each other seat; a seat without video is shown as a picture of its name, at once."""


class Speaking(Message):
    type: Literal["speaking"] = "speaking"
    seat: str
    speaking: bool


class Quality(Message):
    """What the SFU measures of a seat's link. Not on the timeline."""

    type: Literal["quality"] = "quality"
    seat: str
    rtt_ms: float | None
    up_bps: int
    down_bps: int
    up_loss: float
    down_loss: float
    up_level: Level = "V3"
    down_level: Level = "V3"
    up_queue_ms: int = 0
    down_queue_ms: int = 0
    up_capacity_bps: int = 0
    down_capacity_bps: int = 0


class Wait(Message):
    """From now, in minutes, multiples of five. What nobody can know is not said: then there is none."""

    at_least_min: int
    at_most_min: int


class Late(Message):
    """Somebody in the line should have been called by now."""

    minutes: int
    """Rounded up to five, of who is due the longest."""
    physician_here: bool
    """Running late rather than away."""
    back_at: str | None = None
    """RFC 3339 in the clinic's time zone: away until then, as the clinic said."""


class Waiting(Message):
    """The waiting room, to a seat that has arrived and was not admitted: when it comes there, and at each change.

    Not on the timeline. It holds until the next one, or until `admitted`, `left` or `ended`. Nothing in it tells of
    anybody else.
    """

    type: Literal["waiting"] = "waiting"
    place: int
    """In the physician's line, from 1: whoever is called next."""
    wait: Wait | None
    """None: nobody can know."""
    late: Late | None
    messages: tuple[str, ...] = ()
    """What the clinic says to all who wait, newest first."""


class Tested(Message):
    """What the `test` found of the way to this page. Send `level` with the offers of a call."""

    type: Literal["tested"] = "tested"
    down_bps: int
    down_loss: float
    level: Level


class TakenOver(Message):
    """A newer page of the same seat took over; this socket closes with code 4001."""

    type: Literal["taken_over"] = "taken_over"


class Pong(Message):
    type: Literal["pong"] = "pong"
    n: int


ErrorCode = Literal[
    "bad-message", "unknown-type", "unsupported-version", "too-large", "too-many", "hello-first",
    "unknown-token", "token-expired", "seat-revoked", "check-needed", "unavailable",
]  # fmt: skip


class Error(Message):
    """The page did something wrong (`fatal`: the socket closes), or we cannot serve it now (`unavailable`)."""

    type: Literal["error"] = "error"
    code: ErrorCode
    message: str
    fatal: bool


ToPage = Annotated[
    Welcome | Events | Ack | Refused | Answer | NoAnswer | Slots | Renegotiate | Adapt | Speaking | Quality
    | Waiting | Tested | TakenOver | Pong | Error,
    Field(discriminator="type"),
]  # fmt: skip
to_page: TypeAdapter[ToPage] = TypeAdapter(ToPage)


class Polled(Message):
    """The answer to `POST /poll`."""

    messages: tuple[ToPage, ...]
