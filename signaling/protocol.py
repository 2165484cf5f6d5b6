"""The protocol between a page and signaling, version 1: every message both ways, discriminated on `type`.

A page opens `/ws`, says `hello` within 10 s, and is answered `welcome`. From then on its commands are acknowledged only
when they are durable, and events arrive in the order of the timeline. A page that can open no WebSocket says the same
over `POST /poll`, but has no media that way. docs/protocol.md is generated from this file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from clinic.events import MAX_CHAT_CHARS, Event
from media.contract import MAX_SDP_BYTES, Level

VERSION = 1
MAX_MESSAGE_BYTES = 96 * 1024
MAX_POLL_BYTES = 512 * 1024
MAX_POLL_MESSAGES = 200
MAX_POLL_WAIT_S = 25
"""Most proxies cut a request that is silent for 30 to 60 s."""
PAGE_EVENTS = 200
"""At most so many events in one `welcome` or `events`; `more` tells that there are others to `fetch`."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


CommandId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
EventId = Annotated[str, Field(max_length=40, pattern=r"^\d{1,20}-\d{1,10}$")]
Role = Literal["patient", "physician", "companion"]

# --- from the page --------------------------------------------------------------------------------------------------


class Hello(Message):
    """First message. `after` is the last event the page has; `offer` (optional) saves a round trip on resume."""

    type: Literal["hello"] = "hello"
    v: int
    token: str = Field(min_length=16, max_length=128)
    client_id: CommandId
    """One per page load: tells a reconnect of the same page (no take-over notice) from a second page."""
    after: EventId | None = None
    lang: Literal["es", "en"] = "es"


class Consent(Message):
    type: Literal["consent"] = "consent"
    id: CommandId
    text_version: str = Field(max_length=40)
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    lang: Literal["es", "en"]


class Arrive(Message):
    """The patient is ready and waits. Refused `consent-required` before a consent."""

    type: Literal["arrive"] = "arrive"
    id: CommandId


class Admit(Message):
    """Physician only."""

    type: Literal["admit"] = "admit"
    id: CommandId
    seat: str = Field(max_length=64)


class SendChat(Message):
    type: Literal["chat"] = "chat"
    id: CommandId
    text: str = Field(min_length=1, max_length=MAX_CHAT_CHARS)


class SetMedia(Message):
    """The seat's own microphone and camera switches, told to the others."""

    type: Literal["set_media"] = "set_media"
    id: CommandId
    audio: bool
    video: bool
    problem: Literal["denied", "busy", "absent", "unsupported"] | None = None


class SetPreference(Message):
    """A wish about the ladder: the best that may be used (a physician's holds for all), and saving data (own seat)."""

    type: Literal["set_preference"] = "set_preference"
    id: CommandId
    hold: Literal["video", "voice", "text"] = "video"
    save_data: bool = False


class Leave(Message):
    """Hang up; the seat may come back."""

    type: Literal["leave"] = "leave"
    id: CommandId


class End(Message):
    """Physician only: ends the consultation for everybody."""

    type: Literal["end"] = "end"
    id: CommandId
    reason: Literal["completed", "interrupted"] = "completed"


class Offer(Message):
    """A new PeerConnection's offer, or with `restart` an ICE restart of the last. Gets `answer` or `no_answer`."""

    type: Literal["offer"] = "offer"
    request: int = Field(ge=0)
    sdp: str = Field(max_length=MAX_SDP_BYTES)
    restart: bool = False
    rtt_ms: int | None = Field(default=None, ge=0, le=60_000)
    """The socket's own round trip, from the last ping: chooses the first rung until media is measured."""


class Report(Message):
    """What the page applied (`epoch` of the newest `adapt`; at once after it did) and receives (once a second).

    Never acknowledged, never resent. Amounts are those of the `interval_ms` before.
    """

    type: Literal["report"] = "report"
    epoch: int = Field(ge=0)
    interval_ms: int = Field(ge=0, le=60_000)
    received_bytes: int = Field(ge=0, le=2**31)
    audio_received: int = Field(ge=0, le=100_000)
    audio_lost: int = Field(ge=0, le=100_000)
    played_ms: int = Field(ge=0, le=60_000)
    concealed_ms: int = Field(ge=0, le=60_000)
    jitter_buffer_ms: int = Field(ge=0, le=60_000)
    frozen_ms: int = Field(ge=0, le=60_000)
    rtt_ms: int | None = Field(default=None, ge=0, le=60_000)


class Fetch(Message):
    """The next page of the timeline after an event id."""

    type: Literal["fetch"] = "fetch"
    after: EventId | None = None


class Ping(Message):
    type: Literal["ping"] = "ping"
    n: int


Command = Consent | Arrive | Admit | SendChat | SetMedia | SetPreference | Leave | End
FromPage = Annotated[Hello | Command | Offer | Report | Fetch | Ping, Field(discriminator="type")]
from_page: TypeAdapter[FromPage] = TypeAdapter(FromPage)


class Poll(Message):
    """The body of `POST /poll`: one turn of a page that has no WebSocket. Any signaling process may take any turn.

    What the messages ask is done in their order, each once however often it is sent, and answered as on a socket; then
    comes `welcome`, or what is new after `hello.after`. If that is nothing at all, the answer waits for news.
    """

    hello: Hello
    """As on a socket, with the last event that the page has by now."""
    messages: tuple[Annotated[Command | Offer | Report | Fetch | Ping, Field(discriminator="type")], ...] = Field(
        default=(), max_length=MAX_POLL_MESSAGES
    )
    """What is not answered yet, oldest first."""
    wait_s: float = Field(default=0, ge=0, le=MAX_POLL_WAIT_S, allow_inf_nan=False)
    """How long to wait for news. A waiting turn ends, with nothing, when the same page begins another one."""
    welcome: bool | None = None
    """Say welcome, and take the seat back if a newer page took it. `null`: if `hello.after` is `null`."""

    @property
    def wants_welcome(self) -> bool:
        """A page that was welcomed before anything happened has no event to name, and says `false`."""
        return self.hello.after is None if self.welcome is None else self.welcome


# --- to the page ----------------------------------------------------------------------------------------------------


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
    seats: tuple[Seat, ...]
    upto: EventId | None


class ConsentText(Message):
    version: str
    lang: Literal["es", "en"]
    sha256: str
    paragraphs: tuple[str, ...]


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
    consent: ConsentText
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
    "consent-required", "not-allowed", "not-admitted", "ended", "unknown-seat", "stale-consent", "too-fast", "not-open"
]


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

    An epoch that is not newer than the one in force is ignored (epochs start anew with each PeerConnection).
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


class TakenOver(Message):
    """A newer page of the same seat took over; this socket closes with code 4001."""

    type: Literal["taken_over"] = "taken_over"


class Pong(Message):
    type: Literal["pong"] = "pong"
    n: int


ErrorCode = Literal[
    "bad-message", "unknown-type", "unsupported-version", "too-large", "too-many", "hello-first",
    "unknown-token", "token-expired", "unavailable",
]  # fmt: skip


class Error(Message):
    """The page did something wrong (`fatal`: the socket closes), or we cannot serve it now (`unavailable`)."""

    type: Literal["error"] = "error"
    code: ErrorCode
    message: str
    fatal: bool


ToPage = Annotated[
    Welcome | Events | Ack | Refused | Answer | NoAnswer | Slots | Renegotiate | Adapt | Speaking | Quality
    | TakenOver | Pong | Error,
    Field(discriminator="type"),
]  # fmt: skip
to_page: TypeAdapter[ToPage] = TypeAdapter(ToPage)


class Polled(Message):
    """The answer to `POST /poll`."""

    messages: tuple[ToPage, ...]


CLOSE_NORMAL = 1000
CLOSE_GOING_AWAY = 1001
"""The server drains: reconnect at once, to whichever process answers."""
CLOSE_TRY_LATER = 1013
"""We cannot serve now (`unavailable`): reconnect with the usual waits."""
CLOSE_TAKEN_OVER = 4001
CLOSE_BAD_MESSAGE = 4002
CLOSE_UNKNOWN_TOKEN = 4003
CLOSE_TOO_MANY = 4004
CLOSE_SLOW_READER = 4005
CLOSE_BAD_VERSION = 4006
