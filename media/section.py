"""One m-line of an offer: its codecs, header extensions and sources (RFC 8829, 8285, 4588)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from media.sdp_lines import BadOffer, Block, matches, matching

MAX_FORMATS = 64
"""Payload types of one m-line; Chromium offers about 40 at most."""

Kind = Literal["audio", "video", "application"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

_MEDIA = re.compile(r"([a-z]{1,16}) ([0-9]{1,5})(?:/[0-9]{1,5})? ([A-Z/]{1,32})((?: [!-~]{1,64})+)")
_RTPMAP = re.compile(r"([0-9]{1,3}) ([!-.0-~]{1,64})/([0-9]{1,6})(?:/([0-9]{1,2}))?")
_BY_FORMAT = re.compile(r"([0-9]{1,3}|\*) +(.+)")
_EXTMAP = re.compile(r"([0-9]{1,3})(?:/[a-z]{1,8})? ([!-~]{1,256})(?: .*)?")
_SSRC = re.compile(r"([0-9]{1,10})(?: .*)?")
_FID = re.compile(r"FID ([0-9]{1,10}) ([0-9]{1,10})")
_MID = re.compile(r"[!-~]{1,64}")
_MSID = re.compile(r"[!-~]{1,128}(?: [!-~]{1,128})?")


@dataclass(frozen=True, slots=True)
class Codec:
    payload_type: int
    name: str
    """As spelled in the offer: opus, VP8, H264."""
    clock_rate: int
    channels: int
    fmtp: dict[str, str]
    """A parameter without `=` has an empty value."""
    feedback: tuple[str, ...]
    """Values of `a=rtcp-fb`: "nack", "nack pli", "goog-remb"."""
    rtx_payload_type: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line with what belongs to it."""

    mid: str
    kind: Kind
    protocol: str
    formats: tuple[str, ...]
    direction: Direction
    """As offered: "sendonly" is what the browser publishes."""
    codecs: tuple[Codec, ...]
    """In the order of preference; retransmission is not among them but with what it repairs."""
    extensions: dict[str, int]
    """Id of each RTP header extension by its URI."""
    ssrc: int | None
    """The first or only media source that the offer names."""
    rtx_ssrc: int | None
    msid: str | None
    port_zero: bool
    bundle_only: bool
    rtcp_rsize: bool

    @property
    def wanted(self) -> bool:
        """False for an m-line that the offer itself has switched off (RFC 8829 section 5.2.2)."""
        return self.bundle_only or not self.port_zero


def parse_section(block: Block, session: Block) -> Section:
    match = _MEDIA.fullmatch(block.media)
    if match is None or match[1] not in get_args(Kind):
        raise BadOffer("bad-media-line")
    kind, port, protocol, formats = match.groups()
    formats = tuple(formats.split())
    if len(formats) > MAX_FORMATS:
        raise BadOffer("too-many-codecs")
    ssrc, rtx_ssrc = _parse_ssrcs(block)
    return Section(
        mid=matching(_MID, block.first("mid"), "no-mid"),
        kind=cast(Kind, kind),
        protocol=protocol,
        formats=formats,
        direction=_parse_direction(block, session),
        codecs=_parse_codecs(block, formats) if kind != "application" else (),
        extensions=_parse_extensions(block),
        ssrc=ssrc,
        rtx_ssrc=rtx_ssrc,
        msid=msid if (msid := block.first("msid")) and _MSID.fullmatch(msid) else None,
        port_zero=int(port) == 0,
        bundle_only=block.first("bundle-only") is not None,
        rtcp_rsize=block.first("rtcp-rsize") is not None,
    )


def _parse_direction(block: Block, session: Block) -> Direction:
    for attributes in (block.attributes, session.attributes):
        for direction in get_args(Direction):
            if direction in attributes:
                return cast(Direction, direction)
    return "sendrecv"


def _parse_codecs(block: Block, formats: Sequence[str]) -> tuple[Codec, ...]:
    known = dict(matches(_RTPMAP, block.all("rtpmap")))
    maps = {payload: known[payload] for payload in formats if payload in known and _usable(payload)}
    fmtps = {payload: _parse_fmtp(match[2]) for payload, match in matches(_BY_FORMAT, block.all("fmtp"))}
    feedback = _parse_feedback(block)
    rtx = [payload for payload, match in maps.items() if match[2].lower() == "rtx"]
    repaired_by = {fmtps[payload].get("apt"): int(payload) for payload in reversed(rtx) if payload in fmtps}
    return tuple(
        Codec(
            payload_type=int(payload),
            name=match[2],
            clock_rate=int(match[3]),
            channels=int(match[4] or 1),
            fmtp=fmtps.get(payload, {}),
            feedback=tuple(feedback.get("*", {}) | feedback.get(payload, {})),
            rtx_payload_type=repaired_by.get(payload),
        )
        for payload, match in maps.items()
        if payload not in rtx
    )


def _usable(payload: str) -> bool:
    """7 bits, written in one way, and with the marker bit not to be mistaken for RTCP (RFC 5761 section 4)."""
    number = int(payload)
    return payload == str(number) and number < 128 and not 64 <= number < 96


def _parse_fmtp(parameters: str) -> dict[str, str]:
    pairs = (parameter.strip().partition("=") for parameter in parameters.split(";"))
    return {name: value for name, _, value in pairs if name}


def _parse_feedback(block: Block) -> dict[str, dict[str, None]]:
    """By payload type, or `*` for all of them; the keys of the inner dict are an ordered set."""
    feedback: dict[str, dict[str, None]] = {}
    for payload, match in matches(_BY_FORMAT, block.all("rtcp-fb")):
        feedback.setdefault(payload, {})[match[2]] = None
    return feedback


def _parse_extensions(block: Block) -> dict[str, int]:
    """Ids of RFC 8285; 15 is reserved there, 0 is padding."""
    found = ((match[2], int(number)) for number, match in matches(_EXTMAP, block.all("extmap")))
    return {uri: number for uri, number in found if 1 <= number <= 255 and number != 15}


def _parse_ssrcs(block: Block) -> tuple[int | None, int | None]:
    for _, match in matches(_FID, block.all("ssrc-group")):
        return _ssrc(match[1]), _ssrc(match[2])
    for ssrc, _ in matches(_SSRC, block.all("ssrc")):
        return _ssrc(ssrc), None
    return None, None


def _ssrc(digits: str) -> int:
    if (ssrc := int(digits)) > 0xFFFFFFFF:
        raise BadOffer("bad-ssrc")
    return ssrc
