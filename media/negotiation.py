"""From a participant's offer to its tracks, slots and answer; the same answer shape again on an ICE restart.

Section 4 and 5 of DESIGN decide what is accepted: the first send-only audio and video are published, receive-only
sections become slots in pairs, all else is rejected.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from adaptation.rungs import LADDER, V1
from media import sdp
from media.clock import PublisherClock
from media.contract import MAX_PARTICIPANTS
from media.peer import Peer
from media.slot import Slot
from media.source import Source

AUDIO_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
START_AUDIO: Final = LADDER[V1].audio
"""Sound starts small: many of our links carry no more."""
START_VIDEO_KBPS: Final = 80
"""Chrome's first target, low enough for a thin link; REMB takes over within half a second."""
VIDEO_CODECS: Final = ("VP8", "H264")
"""In the order of preference: every SFU trick works with VP8; H.264 where a device has no VP8."""
H264_PROFILE: Final = "42e01f"


@dataclass(frozen=True)
class Endpoint:
    """What of an answer is this process's own."""

    fingerprint: str
    candidates: tuple[str, ...]


def prepare(peer: Peer, offer: sdp.Offer) -> None:
    """Make the tracks and slots that the offer asks for; raises sdp.BadOffer when there is nothing to do with it."""
    clock = PublisherClock()
    for kind in ("audio", "video"):
        section = publish_section(offer, kind)
        if section is not None:
            source = make_source(peer, section, clock)
            peer.tracks.append(source)
            if source.ssrc is not None:
                peer.sources[source.ssrc] = source
    audio = [make_slot(peer, section) for section in slot_sections(offer, "audio")]
    video = [make_slot(peer, section) for section in slot_sections(offer, "video")]
    peer.slots = list(zip_longest(audio, video))
    if not peer.tracks and not peer.slots:
        raise sdp.BadOffer("nothing-to-send-or-receive")


def answer(peer: Peer, offer: sdp.Offer, endpoint: Endpoint, credentials: tuple[str, str]) -> str:
    """The SDP answer for the tracks and slots that `prepare` made, or made before an ICE restart."""
    by_mid = {slot.mid: slot for pair in peer.slots for slot in pair if slot is not None}
    published = {section.mid for kind in ("audio", "video") if (section := publish_section(offer, kind)) is not None}
    answers = [answer_section(peer, section, section.mid in published, by_mid) for section in offer.sections]
    peer.session_version += 1
    local = sdp.Local(
        ice_ufrag=credentials[0],
        ice_pwd=credentials[1],
        fingerprint=endpoint.fingerprint,
        candidates=endpoint.candidates,
        session_id=peer.session_id,
        session_version=peer.session_version,
    )
    return sdp.build_answer(offer, local, answers)


def answer_section(
    peer: Peer, section: sdp.Section, published: bool, slots: dict[str, Slot]
) -> sdp.Publish | sdp.Slot | sdp.Rejected:
    if published:
        return publish_answer(section)
    slot = slots.get(section.mid)
    if slot is None:
        return sdp.Rejected()
    return sdp.Slot(
        ssrc=slot.ssrc,
        rtx_ssrc=slot.rtx_ssrc,
        cname=slot.cname,
        stream_id=f"{slot.kind}-{slot.mid}",  # of its own: a browser would have the voice wait for the picture
        track_id=f"{slot.kind}-{slot.mid}",
        codecs=slot_codecs(section),
    )


def publish_answer(section: sdp.Section) -> sdp.Publish:
    codec = publish_codec(section)
    if section.kind == "audio":
        assert START_AUDIO is not None
        return sdp.Publish((codec, *redundant_codecs(section)), START_AUDIO.ptime_ms, START_AUDIO.bitrate_bps)
    return sdp.Publish((codec,), start_video_kbps=START_VIDEO_KBPS)


def publish_section(offer: sdp.Offer, kind: str) -> sdp.Section | None:
    """The first section that sends this kind in a codec that we forward."""
    return next((s for s in of_kind(offer, kind) if s.direction in ("sendonly", "sendrecv") and codecs(s)), None)


def slot_sections(offer: sdp.Offer, kind: str) -> list[sdp.Section]:
    found = [s for s in of_kind(offer, kind) if s.direction == "recvonly" and codecs(s)]
    return found[: MAX_PARTICIPANTS - 1]


def of_kind(offer: sdp.Offer, kind: str) -> Iterable[sdp.Section]:
    return (section for section in offer.sections if section.kind == kind and section.wanted)


def make_source(peer: Peer, section: sdp.Section, clock: PublisherClock) -> Source:
    codec = publish_codec(section)
    return Source(
        kind=section.kind,
        codec=codec.name,
        payload_type=codec.payload_type,
        clock_rate=codec.clock_rate,
        clock=clock,
        ssrc=section.ssrc,
        rtx_ssrc=section.rtx_ssrc,
        rtx_payload_type=codec.rtx_payload_type,
        level_extension=section.extensions.get(AUDIO_LEVEL, 0) if section.kind == "audio" else 0,
        stamp_extension=section.extensions.get(ABS_SEND_TIME, 0),
        red_payload_type=next((red.payload_type for red in redundant_codecs(section)), None),
        nack="nack" in codec.feedback,
        alarm=lambda: peer.on_change("asks", peer),
    )


def make_slot(peer: Peer, section: sdp.Section) -> Slot:
    # Numbered only where repairs are RTX's: the same SRTP index with another number in the header would give AEAD's
    # key away (RFC 7714 10).
    repaired = all(codec.rtx_payload_type is not None for codec in slot_codecs(section))
    numbered = section.kind == "video" and repaired
    twcc_id = section.extensions.get(TRANSPORT_CC, 0) if numbered else 0
    slot = Slot(peer, section.kind, section.mid, twcc_id=twcc_id)
    for codec in slot_codecs(section):
        slot.payload_types[codec.name] = codec.payload_type
        if codec.rtx_payload_type is not None:
            slot.rtx_payload_types[codec.name] = codec.rtx_payload_type
    if slot.rtx_payload_types:
        slot.rtx_ssrc = secrets.randbits(32) or 1
    return slot


def publish_codec(section: sdp.Section) -> sdp.Codec:
    return codecs(section)[0]


def slot_codecs(section: sdp.Section) -> tuple[sdp.Codec, ...]:
    """One payload type a codec name, so that a source's codec leads to one."""
    chosen = {codec.name: codec for codec in reversed(codecs(section))}
    return tuple(chosen[name] for name in ("opus", *VIDEO_CODECS) if name in chosen)


def codecs(section: sdp.Section) -> Sequence[sdp.Codec]:
    """Those of the section that we forward, the preferred first."""
    if section.kind == "audio":
        return [codec for codec in section.codecs if codec.name == "opus" and codec.clock_rate == 48_000]
    return [c for name in VIDEO_CODECS for c in section.codecs if c.name == name and (name != "H264" or plain_h264(c))]


def redundant_codecs(section: sdp.Section) -> Sequence[sdp.Codec]:
    """RED around the codec that is published (RFC 2198), where it is offered."""
    inside = {str(publish_codec(section).payload_type)}
    offered = [codec for codec in section.codecs if codec.name == "red"]
    return [codec for codec in offered if set("/".join(codec.fmtp).split("/")) == inside][:1]


def plain_h264(codec: sdp.Codec) -> bool:
    """Constrained baseline in packetization mode 1: what every H.264 browser decodes (RFC 7742 6.2)."""
    profile = codec.fmtp.get("profile-level-id", "").lower()
    return codec.fmtp.get("packetization-mode") == "1" and profile[:4] == H264_PROFILE[:4]
