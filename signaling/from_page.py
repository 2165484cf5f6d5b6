"""What a page says: every message on its socket, and the body of its polls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from clinic.events import MAX_CHAT_CHARS, MAX_NOTE_CHARS
from clinic.people.patient import Relation
from media.contract import MAX_SDP_BYTES, Level
from signaling.message import CommandId, EventId, Message

ItemId = Annotated[str, Field(max_length=40)]
MAX_POLL_MESSAGES = 200
MAX_POLL_WAIT_S = 25
"""Most proxies cut a request that is silent for 30 to 60 s."""


class Offer(Message):
    """A new PeerConnection's offer, or with `restart` an ICE restart of the last. Gets `answer` or `no_answer`."""

    type: Literal["offer"] = "offer"
    request: int = Field(ge=0)
    sdp: str = Field(max_length=MAX_SDP_BYTES)
    restart: bool = False
    rtt_ms: int | None = Field(default=None, ge=0, le=60_000)
    """The socket's own round trip, from the last ping: chooses the first rung until media is measured."""
    start: Level | None = None
    """What `tested` said."""


class Test(Message):
    """A PeerConnection with one receive-only video section, to measure the way to this page before the call.

    Gets `answer`, then `tested`, once the node has sent some padding (6 kB, or 25 where the link is good), or
    `no_answer`.
    """

    type: Literal["test"] = "test"
    request: int = Field(ge=0)
    sdp: str = Field(max_length=MAX_SDP_BYTES)


class Hello(Message):
    """First message. `after` is the last event the page has."""

    type: Literal["hello"] = "hello"
    v: int
    token: str = Field(min_length=16, max_length=128)
    client_id: CommandId
    """One per page load: tells a reconnect of the same page (no take-over notice) from a second page.

    A page that was taken over and wants the seat back makes a new one: under the old one it is told `taken_over` again.
    """
    after: EventId | None = None
    lang: Literal["es", "en"] = "es"
    offer: Offer | None = None
    """Taken as if it were said right after `welcome`: saves a round trip when a call resumes. Not by `/poll`."""


class Guardian(Message):
    """Who decides for a minor, as they say of themselves."""

    name: str = Field(max_length=300, repr=False)
    document: str = Field(max_length=60, repr=False)
    """A cédula (`V-12345678`), or a passport with its country (`COL AB123456`)."""
    relation: Relation
    present: bool
    """They are with the patient during the visit."""


class Consent(Message):
    """Accept the welcome's text. In a visit of the diary every item is in `accepted` or `declined`, once."""

    type: Literal["consent"] = "consent"
    id: CommandId
    text_version: str = Field(max_length=40)
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    lang: Literal["es", "en"]
    accepted: tuple[ItemId, ...] = Field(default=(), max_length=30)
    declined: tuple[ItemId, ...] = Field(default=(), max_length=30)
    guardian: Guardian | None = None


class Withdraw(Message):
    """Take the own consent back, and leave. A new consent opens the door again."""

    type: Literal["withdraw"] = "withdraw"
    id: CommandId


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


class SaveNote(Message):
    """Physician only: the whole of the private note now. Refused `note-changed` where `base` is not the newest."""

    type: Literal["save_note"] = "save_note"
    id: CommandId
    text: str = Field(max_length=MAX_NOTE_CHARS)
    base: CommandId | None = None
    """The `save_note` whose text this one was made from; None: an empty note."""


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


Command = Consent | Withdraw | Arrive | Admit | SendChat | SaveNote | SetMedia | SetPreference | Leave | End
FromPage = Annotated[Hello | Command | Offer | Test | Report | Fetch | Ping, Field(discriminator="type")]
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
    """Say welcome. `null`: if `hello.after` is `null`."""

    @property
    def wants_welcome(self) -> bool:
        """A page that was welcomed before anything happened has no event to name, and says `false`."""
        return self.hello.after is None if self.welcome is None else self.welcome
