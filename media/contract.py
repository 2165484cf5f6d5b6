"""What signaling and media say to each other: commands, replies, events and the Redis keys they travel on.

Everything crosses Redis as one JSON field `m` of a stream entry. Media knows rooms and participants by opaque ids.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

# Keys. The hash tag keeps what one node touches on one Cluster slot.
NODES = "hilo:media:nodes"
"""Set of node ids; a node whose `node_key` is gone for `NODE_TTL_MS` may be called dead (`dead_key`). No TTL."""

EVENTS = "hilo:media:events"
"""Stream of `MediaEvent`s of all nodes, read by every signaling process. MAXLEN ~ 10000."""

HEARTBEAT_S = 0.5
NODE_TTL_MS = 2000
STREAM_MAXLEN = 10_000

MAX_PARTICIPANTS = 6
MAX_SDP_BYTES = 65_536


def node_key(node_id: str) -> str:
    """String, `NodeInfo` as JSON, rewritten every `HEARTBEAT_S`. TTL `NODE_TTL_MS`."""
    return f"{{media:{node_id}}}:info"


def dead_key(node_id: str) -> str:
    """String, the `started_at_ms` of the node's last life that was called dead. Expires a week after that."""
    return f"{{media:{node_id}}}:dead"


def commands_key(node_id: str) -> str:
    """Stream of `MediaCommand`s to one node. MAXLEN ~ `STREAM_MAXLEN`."""
    return f"{{media:{node_id}}}:commands"


def replies_key(signaling_id: str) -> str:
    """Stream of `MediaReply`s to one signaling process. MAXLEN ~ `STREAM_MAXLEN`, expires an hour after the last."""
    return f"{{signaling:{signaling_id}}}:media-replies"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Level = Literal["V3", "V2", "V1", "V0", "A2", "A1", "A0", "T"]
"""A rung of the ladder by name, best first: video, voice, text."""

LevelReason = Literal[
    "start", "congested", "lossy", "silent", "returned", "recovered", "failed", "held", "released"
]  # fmt: skip
"""Why a rung changed; the words for people are the pages'."""


class MediaConfig(Frozen):
    """What a media process is started with: one JSON object on its standard input."""

    node_id: str
    redis_url: str
    port: int = Field(ge=1, le=65535)
    """UDP and ICE-TCP port, the same number for both."""
    bind: tuple[str, ...] = ("0.0.0.0", "::")
    public_ips: tuple[str, ...] = ()
    """Addresses put into candidates; empty: the addresses of the machine's own interfaces."""
    capacity: int = Field(default=200, ge=1)
    """Participants this node takes before signaling places rooms elsewhere."""
    log_level: str = "INFO"
    trace_dir: str | None = None
    """Where to write what the estimators saw and decided, one file of JSON lines a direction; for tests and tuning."""


class NodeInfo(Frozen):
    node_id: str
    started_at_ms: int
    """Unix time in ms; tells two lives of one node id apart."""
    port: int
    capacity: int
    participants: int
    rooms: int
    draining: bool = False
    metrics: dict[str, float] = {}
    """Counters since the start, by Prometheus name without the `hilo_media_` prefix."""


class Policy(Frozen):
    """What the SFU may forward from a participant, and at most how fast it may send."""

    audio: bool = True
    video: bool = True
    max_video_bps: int = Field(default=350_000, ge=0)
    max_level: Level = "V3"
    """A rung that a human chose not to go above."""
    save_data: bool = False
    """Voice at most, and nothing is sent only to measure."""


# --- commands -------------------------------------------------------------------------------------------------------


class _Command(Frozen):
    request_id: str
    reply_to: str
    """Signaling process id; the reply goes to its `replies_key`."""
    room: str
    participant: str
    generation: int
    """Fencing: grows with each connection of a seat; an older generation than the node knows is refused."""


class Join(_Command):
    """Take (or take over) a place in a room with a new PeerConnection's offer. The first one creates the room."""

    type: Literal["join"] = "join"
    offer: str = Field(max_length=MAX_SDP_BYTES)
    policy: Policy = Policy()
    rtt_ms: int | None = Field(default=None, ge=0, le=60_000)
    """The page's round trip to signaling: chooses the first rung until media is measured."""
    start: Level | None = None
    """Of what comes to the page, the rung to begin on, by a test before the call; what it sends begins no higher."""
    test: bool = False
    """Measure the way to the page, tell `Tested`, and end: in a room of its own, with no ladder and no media."""


class Restart(_Command):
    """ICE restart: the same DTLS session under new credentials. Refused `unknown-participant`: do a Join.

    So is that of another PeerConnection than the session's, which is told by its certificate.
    """

    type: Literal["restart"] = "restart"
    offer: str = Field(max_length=MAX_SDP_BYTES)


class Leave(_Command):
    type: Literal["leave"] = "leave"


class SetPolicy(_Command):
    type: Literal["set_policy"] = "set_policy"
    policy: Policy


class Report(_Command):
    """What the page applied and what it receives; about once a second, and at once after it applied an `Adapt`.

    No reply: `reply_to` may be empty.
    """

    type: Literal["report"] = "report"
    epoch: int = Field(ge=0)
    """The newest `Adapt` that is in force in the page; 0: none yet."""
    interval_ms: int = Field(ge=0, le=60_000)
    received_bytes: int = Field(ge=0, le=2**31)
    audio_received: int = Field(ge=0, le=100_000)
    audio_lost: int = Field(ge=0, le=100_000)
    played_ms: int = Field(ge=0, le=60_000)
    concealed_ms: int = Field(ge=0, le=60_000)
    jitter_buffer_ms: int = Field(ge=0, le=60_000)
    frozen_ms: int = Field(ge=0, le=60_000)
    rtt_ms: int | None = Field(default=None, ge=0, le=60_000)


class CloseRoom(_Command):
    """Close every participant of the room; `participant` is empty and `generation` is not looked at."""

    type: Literal["close_room"] = "close_room"


MediaCommand = Annotated[Join | Restart | Leave | SetPolicy | Report | CloseRoom, Field(discriminator="type")]
media_command: TypeAdapter[MediaCommand] = TypeAdapter(MediaCommand)


# --- replies --------------------------------------------------------------------------------------------------------


class Slot(Frozen):
    """A receive-only pair of m-lines in a participant's offer, and who is in it now."""

    audio_mid: str | None
    video_mid: str | None
    participant: str | None


class Answered(Frozen):
    type: Literal["answered"] = "answered"
    request_id: str
    answer: str
    slots: tuple[Slot, ...]


class Done(Frozen):
    type: Literal["done"] = "done"
    request_id: str


RefusalCode = Literal["bad-offer", "room-full", "node-full", "stale-generation", "unknown-participant", "draining"]


class Refused(Frozen):
    type: Literal["refused"] = "refused"
    request_id: str
    code: RefusalCode
    detail: str = ""
    """For the log of the developer who made the offer; never holds the offer itself."""


MediaReply = Annotated[Answered | Done | Refused, Field(discriminator="type")]
media_reply: TypeAdapter[MediaReply] = TypeAdapter(MediaReply)


# --- events ---------------------------------------------------------------------------------------------------------


class Names(TypedDict):
    """Which participant an event is about; the same on all events."""

    node_id: str
    room: str
    participant: str
    generation: int


class _Event(Frozen):
    node_id: str
    room: str
    participant: str
    generation: int


class Connected(_Event):
    """DTLS is up and SRTP keys are in place: media can flow."""

    type: Literal["connected"] = "connected"


class PathLost(_Event):
    """Nothing authenticated came from the participant for `silent_ms`."""

    type: Literal["path_lost"] = "path_lost"
    silent_ms: int


class PathBack(_Event):
    type: Literal["path_back"] = "path_back"
    silent_ms: int


ClosedReason = Literal["left", "replaced", "expired", "room-closed", "dtls-failed", "node-stopping"]


class Closed(_Event):
    """The participant's transport is gone; a return needs a Join."""

    type: Literal["closed"] = "closed"
    reason: ClosedReason


class SlotsChanged(_Event):
    """Who is in the participant's slots from now on (all of them, in the order of the offer)."""

    type: Literal["slots_changed"] = "slots_changed"
    slots: tuple[Slot, ...]


class Speaking(_Event):
    """The participant began or stopped to speak (RFC 6464 audio level, smoothed)."""

    type: Literal["speaking"] = "speaking"
    speaking: bool


class Quality(_Event):
    """Once every 2 s a participant: what the node measured. Rates are over the wire, without IP and UDP headers."""

    type: Literal["quality"] = "quality"
    rtt_ms: float | None
    up_bps: int
    down_bps: int
    up_loss: float
    """Share of packets from the participant that were missing before repair, 0 to 1."""
    down_loss: float
    """Share of packets to the participant lost, as its receiver reports say, 0 to 1."""
    up_level: Level = "V3"
    down_level: Level = "V3"
    up_queue_ms: int = 0
    down_queue_ms: int = 0
    """Time that packets wait in the link's queue, beyond the shortest way seen lately."""
    up_capacity_bps: int = 0
    down_capacity_bps: int = 0


class VideoOrder(Frozen):
    """What the participant shall send: `RTCRtpEncodingParameters` in our words."""

    width: int
    height: int
    frames_per_s: int
    bitrate_bps: int


class AudioOrder(Frozen):
    bitrate_bps: int
    ptime_ms: int
    redundant: bool = False
    """Each packet carries the sound of the one before again (RFC 2198), where the browser can do that."""


class Received(Frozen):
    """What is forwarded to the participant of another one from now on."""

    participant: str
    audio: bool
    video: bool


class Adapt(_Event):
    """The whole of what the page shall do from now on. Repeated every second until a `Report` tells its epoch."""

    type: Literal["adapt"] = "adapt"
    epoch: int
    """Grows with each change within one generation."""
    level: Level
    """What the participant sends."""
    video: VideoOrder | None
    """None: stop sending video, keep the camera."""
    audio: AudioOrder | None
    """None: stop sending sound, keep the microphone."""
    jitter_ms: int | None
    """`jitterBufferTarget` of its audio receivers; None: the browser's own choice."""
    picture_ms: int | None = None
    """The same of its video receivers."""
    receives: tuple[Received, ...]


Way = Literal["up", "down"]


class LevelChanged(_Event):
    """A ladder of the participant moved. `up` is what it sends, `down` what it receives."""

    type: Literal["level_changed"] = "level_changed"
    direction: Way
    level: Level
    reason: LevelReason


class Tested(_Event):
    """What a `Join` for a test found; `Closed` follows."""

    type: Literal["tested"] = "tested"
    down_bps: int
    """0: too little came back to say."""
    down_loss: float
    level: Level
    """To begin a call on."""


MediaEvent = Annotated[
    Connected | PathLost | PathBack | Closed | SlotsChanged | Speaking | Quality | Adapt | LevelChanged | Tested,
    Field(discriminator="type"),
]
media_event: TypeAdapter[MediaEvent] = TypeAdapter(MediaEvent)
