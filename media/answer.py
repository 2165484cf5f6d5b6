"""The SFU's SDP answer: an ICE-lite, DTLS-passive server on one bundled transport (RFC 8829 section 5.3).

Publish m-lines and slots ask for different feedback: a publisher obeys REMB and must not run its own estimator on
transport-wide feedback; in a slot we number what we send and want to hear of its arrival.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.offer import Offer
from media.section import Codec, Section

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

PUBLISH_FEEDBACK = {"audio": ("nack",), "video": ("goog-remb", "nack", "nack pli", "ccm fir")}
SLOT_FEEDBACK = {"audio": ("nack",), "video": ("transport-cc", "nack", "nack pli", "ccm fir")}
PUBLISH_EXTENSIONS = {"audio": (MID, AUDIO_LEVEL, ABS_SEND_TIME), "video": (MID, ABS_SEND_TIME)}
SLOT_EXTENSIONS: dict[str, tuple[str, ...]] = {"audio": (), "video": (TRANSPORT_WIDE,)}

OPUS_FMTP = {"minptime": "10", "useinbandfec": "1"}
"""Ours, not the offer's echoed: Firefox offers stereo=1, and echoing it would ask for twice the bits."""


@dataclass(frozen=True, slots=True)
class Local:
    """Our end of the transport."""

    ice_ufrag: str
    ice_pwd: str
    fingerprint: str
    """Of our certificate by sha-256, upper case with colons."""
    candidates: tuple[str, ...]
    """Complete values of candidate attributes, without `candidate:`."""
    session_id: int
    session_version: int = 1
    setup: str = "passive"


@dataclass(frozen=True, slots=True)
class Publish:
    """Take what the browser publishes on this m-line."""

    codecs: tuple[Codec, ...]
    """Those of the section to accept, most wanted first."""
    ptime_ms: int | None = None
    max_audio_bps: int | None = None
    start_video_kbps: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Send on this m-line, always as the same sources, whoever is heard or seen through them."""

    ssrc: int
    rtx_ssrc: int | None
    cname: str
    stream_id: str
    track_id: str
    codecs: tuple[Codec, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Decline the m-line."""


Answer = Publish | Slot | Rejected


def build_answer(offer: Offer, local: Local, answers: Sequence[Answer]) -> str:
    """The answer's text; `answers` has one entry per section of the offer, in its order."""
    pairs = list(zip(offer.sections, answers, strict=True))
    accepted = [section for section, answer in pairs if not isinstance(answer, Rejected)]
    lines = list(_session_lines(offer, local, accepted))
    for section, answer in pairs:
        if isinstance(answer, Rejected):
            lines += _rejected_lines(section)
            continue
        lines += _publish_lines(section, answer) if isinstance(answer, Publish) else _slot_lines(section, answer)
        lines += _transport_lines(local)
    return "\r\n".join(lines) + "\r\n"


def _session_lines(offer: Offer, local: Local, accepted: Sequence[Section]) -> Iterator[str]:
    yield "v=0"
    yield f"o=- {local.session_id} {local.session_version} IN IP4 127.0.0.1"
    yield from ("s=-", "t=0 0", "a=ice-lite")
    yield " ".join(["a=group:BUNDLE", *(section.mid for section in accepted)])
    yield "a=msid-semantic: WMS *"
    if offer.extmap_allow_mixed:
        yield "a=extmap-allow-mixed"


def _rejected_lines(section: Section) -> Iterator[str]:
    yield f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}"
    yield from ("c=IN IP4 0.0.0.0", "a=inactive", f"a=mid:{section.mid}")


def _publish_lines(section: Section, publish: Publish) -> Iterator[str]:
    yield from _media_lines(section, publish.codecs, "recvonly", with_rtx=True)
    yield from _extension_lines(section, PUBLISH_EXTENSIONS[section.kind])
    for codec in publish.codecs:
        fmtp = _publish_fmtp(section, publish, codec)
        yield from _codec_lines(codec, PUBLISH_FEEDBACK[section.kind], fmtp, with_rtx=True)
    if section.kind == "audio" and publish.ptime_ms is not None:
        yield f"a=ptime:{publish.ptime_ms}"


def _slot_lines(section: Section, slot: Slot) -> Iterator[str]:
    with_rtx = slot.rtx_ssrc is not None
    yield from _media_lines(section, slot.codecs, "sendonly", with_rtx)
    yield from _extension_lines(section, SLOT_EXTENSIONS[section.kind])
    for codec in slot.codecs:
        yield from _codec_lines(codec, SLOT_FEEDBACK[section.kind], _own_fmtp(codec), with_rtx)
    yield f"a=msid:{slot.stream_id} {slot.track_id}"
    if with_rtx:
        yield f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}"
    for ssrc in (slot.ssrc, slot.rtx_ssrc):
        if ssrc is not None:
            yield f"a=ssrc:{ssrc} cname:{slot.cname}"
            yield f"a=ssrc:{ssrc} msid:{slot.stream_id} {slot.track_id}"


def _media_lines(section: Section, codecs: Sequence[Codec], direction: str, with_rtx: bool) -> Iterator[str]:
    payloads = [codec.payload_type for codec in codecs]
    if with_rtx:
        payloads += [codec.rtx_payload_type for codec in codecs if codec.rtx_payload_type is not None]
    yield f"m={section.kind} 9 {section.protocol} {' '.join(map(str, payloads))}"
    yield from ("c=IN IP4 0.0.0.0", f"a={direction}", f"a=mid:{section.mid}", "a=rtcp-mux")
    if section.rtcp_rsize:
        yield "a=rtcp-rsize"


def _extension_lines(section: Section, uris: Sequence[str]) -> Iterator[str]:
    return (f"a=extmap:{section.extensions[uri]} {uri}" for uri in uris if uri in section.extensions)


def _codec_lines(codec: Codec, feedback: Sequence[str], fmtp: dict[str, str], with_rtx: bool) -> Iterator[str]:
    payload, channels = codec.payload_type, f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{payload} {codec.name}/{codec.clock_rate}{channels}"
    yield from (f"a=rtcp-fb:{payload} {value}" for value in feedback if value in codec.feedback)
    if fmtp:
        yield f"a=fmtp:{payload} " + ";".join(f"{name}={value}" if value else name for name, value in fmtp.items())
    if with_rtx and codec.rtx_payload_type is not None:
        yield f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate}"
        yield f"a=fmtp:{codec.rtx_payload_type} apt={payload}"


def _publish_fmtp(section: Section, publish: Publish, codec: Codec) -> dict[str, str]:
    fmtp = _own_fmtp(codec)
    if codec.name == "opus" and publish.max_audio_bps is not None:
        fmtp["maxaveragebitrate"] = str(publish.max_audio_bps)
    if section.kind == "video" and publish.start_video_kbps is not None:
        fmtp["x-google-start-bitrate"] = str(publish.start_video_kbps)
    return fmtp


def _own_fmtp(codec: Codec) -> dict[str, str]:
    return dict(OPUS_FMTP if codec.name.lower() == "opus" else codec.fmtp)


def _transport_lines(local: Local) -> Iterator[str]:
    """The same in every section: aiortc looks for candidates in the last section of a kind, browsers in the first."""
    yield f"a=ice-ufrag:{local.ice_ufrag}"
    yield f"a=ice-pwd:{local.ice_pwd}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield f"a=setup:{local.setup}"
    yield from (f"a=candidate:{candidate}" for candidate in local.candidates)
    yield "a=end-of-candidates"
