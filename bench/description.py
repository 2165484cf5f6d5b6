"""Session descriptions: the text of our offers and answers, and what a load generator reads in the server's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AUDIO_PT = 111
VIDEO_PT = 96
RTX_PT = 97
AUDIO_LEVEL_ID = 1
ABS_SEND_TIME_ID = 2
TRANSPORT_CC_ID = 3

EXTENSIONS = {
    AUDIO_LEVEL_ID: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ABS_SEND_TIME_ID: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    TRANSPORT_CC_ID: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
}

Kind = Literal["audio", "video"]
Direction = Literal["sendonly", "recvonly"]


@dataclass(frozen=True)
class Local:
    """Our end of a leg as its description tells it."""

    ufrag: str
    pwd: str
    fingerprint: str
    setup: Literal["actpass", "passive"]
    host: str
    port: int


@dataclass(frozen=True)
class Line:
    """One m-line: what flows, and the SSRCs (media, RTX) if we send it."""

    mid: str
    kind: Kind
    direction: Direction
    ssrcs: tuple[int, ...] = ()
    transport_cc: bool = False


@dataclass(frozen=True)
class Remote:
    """The server's end of a leg. `transport_cc`: it numbers the video that it sends."""

    host: str
    port: int
    ufrag: str
    pwd: str
    fingerprint: str
    lite: bool
    setup: str
    transport_cc: bool


def write(local: Local, lines: tuple[Line, ...]) -> str:
    """An offer or answer with all lines in one bundle."""
    head = [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(line.mid for line in lines)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS load",
    ]
    body = [text for line in lines for text in _line(local, line)]
    return "\r\n".join([*head, *body]) + "\r\n"


def read(sdp: str) -> Remote:
    """What is needed of the server's description; the first UDP candidate of component 1 is taken."""
    lines = sdp.splitlines()
    attributes = dict(line[2:].split(":", 1) for line in reversed(lines) if line.startswith("a=") and ":" in line)
    fields = next(f for f in map(str.split, lines) if f[0].startswith("a=candidate:") and f[2].lower() == "udp")
    algorithm, fingerprint = attributes["fingerprint"].split()
    if algorithm.lower() != "sha-256":
        raise ValueError(f"fingerprint in {algorithm}")
    return Remote(
        host=fields[4],
        port=int(fields[5]),
        ufrag=attributes["ice-ufrag"],
        pwd=attributes["ice-pwd"],
        fingerprint=fingerprint,
        lite="a=ice-lite" in lines,
        setup=attributes["setup"],
        transport_cc=any(line.startswith(f"a=rtcp-fb:{VIDEO_PT} transport-cc") for line in lines),
    )


def _line(local: Local, line: Line) -> list[str]:
    codecs = f"{AUDIO_PT}" if line.kind == "audio" else f"{VIDEO_PT} {RTX_PT}"
    return [
        f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {codecs}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.pwd}",
        f"a=candidate:1 1 udp 2113937151 {local.host} {local.port} typ host",
        "a=end-of-candidates",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{local.setup}",
        f"a=mid:{line.mid}",
        *_extensions(line),
        f"a={line.direction}",
        *([f"a=msid:load {line.kind}"] if line.direction == "sendonly" else []),
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *(_audio() if line.kind == "audio" else _video(line)),
        *_ssrcs(line),
    ]


def _extensions(line: Line) -> list[str]:
    wanted = {AUDIO_LEVEL_ID: line.kind == "audio", ABS_SEND_TIME_ID: True, TRANSPORT_CC_ID: line.transport_cc}
    return [f"a=extmap:{number} {EXTENSIONS[number]}" for number, is_wanted in wanted.items() if is_wanted]


def _audio() -> list[str]:
    return [
        f"a=rtpmap:{AUDIO_PT} opus/48000/2",
        f"a=rtcp-fb:{AUDIO_PT} nack",
        f"a=fmtp:{AUDIO_PT} minptime=10;useinbandfec=1",
    ]


def _video(line: Line) -> list[str]:
    feedback = ["goog-remb", "ccm fir", "nack", "nack pli", *(["transport-cc"] if line.transport_cc else [])]
    return [
        f"a=rtpmap:{VIDEO_PT} VP8/90000",
        *(f"a=rtcp-fb:{VIDEO_PT} {name}" for name in feedback),
        f"a=rtpmap:{RTX_PT} rtx/90000",
        f"a=fmtp:{RTX_PT} apt={VIDEO_PT}",
    ]


def _ssrcs(line: Line) -> list[str]:
    group = [f"a=ssrc-group:FID {' '.join(map(str, line.ssrcs))}"] if len(line.ssrcs) > 1 else []
    return [*group, *(f"a=ssrc:{ssrc} cname:load" for ssrc in line.ssrcs)]
