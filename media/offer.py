"""A browser's SDP offer, read into values (RFC 8866, 8829 JSEP, 8839 ICE, 8842 DTLS, 9143 BUNDLE).

The text is a stranger's: whatever is wrong with it raises `BadOffer`. What to answer is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

MAX_BYTES = 65_536
MAX_SECTIONS = 32
MAX_FORMATS = 64
"""Payload types of one m-line; Chromium offers about 40 at most."""

Kind = Literal["audio", "video", "application"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF")
FINGERPRINT_BYTES = {"sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64}
TRUSTED_HASHES = ("sha-256", "sha-384", "sha-512")

_CONTROL_OR_SURROGATE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MEDIA = re.compile(r"([a-z]{1,16}) ([0-9]{1,5})(?:/[0-9]{1,5})? ([A-Z/]{1,32})((?: [!-~]{1,64})+)")
_RTPMAP = re.compile(r"([0-9]{1,3}) ([!-.0-~]{1,64})/([0-9]{1,6})(?:/([0-9]{1,2}))?")
_BY_FORMAT = re.compile(r"([0-9]{1,3}|\*) +(.+)")
_EXTMAP = re.compile(r"([0-9]{1,3})(?:/[a-z]{1,8})? ([!-~]{1,256})(?: .*)?")
_SSRC = re.compile(r"([0-9]{1,10})(?: .*)?")
_FID = re.compile(r"FID ([0-9]{1,10}) ([0-9]{1,10})")
_MID = re.compile(r"[!-~]{1,64}")
_MSID = re.compile(r"[!-~]{1,128}(?: [!-~]{1,128})?")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"([A-Za-z0-9-]{1,16}) +([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63})")


class BadOffer(ValueError):
    """An offer that cannot be answered; `args[0]` is the reason in one hyphenated word, fit for a log."""


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


@dataclass(frozen=True, slots=True)
class Offer:
    ice_ufrag: str
    ice_pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    """(hash in lower case, value in upper case), at least one of them by a trusted hash."""
    setup: str
    ice_options: tuple[str, ...]
    extmap_allow_mixed: bool
    sections: tuple[Section, ...]


@dataclass(slots=True)
class _Block:
    """The session's lines, or those of one m-line: attribute values by name."""

    media: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> Sequence[str]:
        return self.attributes.get(name, ())

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def parse_offer(text: str) -> Offer:
    """Read an offer of BUNDLE'd, rtcp-mux'd DTLS-SRTP m-lines. Raises `BadOffer`."""
    session, *blocks = _blocks(text)
    if not 0 < len(blocks) <= MAX_SECTIONS:
        raise BadOffer("no-sections" if not blocks else "too-many-sections")
    sections = tuple(_parse_section(block, session) for block in blocks)
    by_mid = {section.mid: block for section, block in zip(sections, blocks, strict=True)}
    _check_unique([section.mid for section in sections], "duplicate-mid")
    _check_unique([ssrc for section in sections for ssrc in (section.ssrc, section.rtx_ssrc) if ssrc], "duplicate-ssrc")
    if session.first("ice-lite") is not None:
        raise BadOffer("ice-lite")  # as lite as we are: nobody would send a check
    bundled = _bundled_mids(session)
    _check_sections(sections, by_mid, bundled)
    transport = [by_mid[mid] for mid in bundled if mid in by_mid] + [session]
    return Offer(
        ice_ufrag=_matching(_UFRAG, _first(transport, "ice-ufrag"), "bad-ice-ufrag"),
        ice_pwd=_matching(_PWD, _first(transport, "ice-pwd"), "bad-ice-pwd"),
        fingerprints=_parse_fingerprints(transport),
        setup=_parse_setup(transport),
        ice_options=tuple((_first([session, *transport], "ice-options") or "").split()[:16]),
        extmap_allow_mixed=session.first("extmap-allow-mixed") is not None,
        sections=sections,
    )


def _blocks(text: str) -> list[_Block]:
    if len(text) > MAX_BYTES:
        raise BadOffer("too-long")
    if _CONTROL_OR_SURROGATE.search(text.replace("\r\n", "\n")) or not text.startswith("v=0"):
        raise BadOffer("not-sdp")
    blocks = [_Block()]
    for line in text.replace("\r\n", "\n").split("\n"):
        kind, _, value = line.partition("=")
        if kind == "m":
            blocks.append(_Block(media=value))
        elif kind == "a":
            name, _, content = value.partition(":")
            blocks[-1].attributes.setdefault(name, []).append(content.strip(" \t"))
        elif len(kind) > 1:
            raise BadOffer("not-sdp")
    return blocks


def _parse_section(block: _Block, session: _Block) -> Section:
    match = _MEDIA.fullmatch(block.media)
    if match is None or match[1] not in get_args(Kind):
        raise BadOffer("bad-media-line")
    kind, port, protocol, formats = match.groups()
    formats = tuple(formats.split())
    if len(formats) > MAX_FORMATS:
        raise BadOffer("too-many-codecs")
    ssrc, rtx_ssrc = _parse_ssrcs(block)
    return Section(
        mid=_matching(_MID, block.first("mid"), "no-mid"),
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


def _bundled_mids(session: _Block) -> list[str]:
    for group in session.all("group"):
        semantics, *mids = group.split()[: MAX_SECTIONS + 1] or [""]
        if semantics == "BUNDLE" and mids:
            return mids
    raise BadOffer("no-bundle")


def _check_unique(values: Sequence[object], reason: str) -> None:
    if len(set(values)) < len(values):
        raise BadOffer(reason)


def _check_sections(sections: Sequence[Section], by_mid: dict[str, _Block], bundled: list[str]) -> None:
    for section in sections:
        if section.kind == "application" or not section.wanted:
            continue
        if section.mid not in bundled:
            raise BadOffer("no-bundle")
        if section.protocol not in PROTOCOLS:
            raise BadOffer("bad-protocol")
        if by_mid[section.mid].first("rtcp-mux") is None:
            raise BadOffer("no-rtcp-mux")


def _parse_direction(block: _Block, session: _Block) -> Direction:
    for attributes in (block.attributes, session.attributes):
        for direction in get_args(Direction):
            if direction in attributes:
                return cast(Direction, direction)
    return "sendrecv"


def _parse_codecs(block: _Block, formats: Sequence[str]) -> tuple[Codec, ...]:
    known = dict(_matches(_RTPMAP, block.all("rtpmap")))
    maps = {payload: known[payload] for payload in formats if payload in known and _usable(payload)}
    fmtps = {payload: _parse_fmtp(match[2]) for payload, match in _matches(_BY_FORMAT, block.all("fmtp"))}
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


def _parse_feedback(block: _Block) -> dict[str, dict[str, None]]:
    """By payload type, or `*` for all of them; the keys of the inner dict are an ordered set."""
    feedback: dict[str, dict[str, None]] = {}
    for payload, match in _matches(_BY_FORMAT, block.all("rtcp-fb")):
        feedback.setdefault(payload, {})[match[2]] = None
    return feedback


def _matches(pattern: re.Pattern[str], values: Sequence[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """The values that match, each with its first group: what the browser says beyond our grammar is passed over."""
    for value in values:
        if match := pattern.fullmatch(value):
            yield match[1], match


def _parse_extensions(block: _Block) -> dict[str, int]:
    """Ids of RFC 8285; 15 is reserved there, 0 is padding."""
    found = ((match[2], int(number)) for number, match in _matches(_EXTMAP, block.all("extmap")))
    return {uri: number for uri, number in found if 1 <= number <= 255 and number != 15}


def _parse_ssrcs(block: _Block) -> tuple[int | None, int | None]:
    for _, match in _matches(_FID, block.all("ssrc-group")):
        return _ssrc(match[1]), _ssrc(match[2])
    for ssrc, _ in _matches(_SSRC, block.all("ssrc")):
        return _ssrc(ssrc), None
    return None, None


def _ssrc(digits: str) -> int:
    if (ssrc := int(digits)) > 0xFFFFFFFF:
        raise BadOffer("bad-ssrc")
    return ssrc


def _first(blocks: Sequence[_Block], name: str) -> str | None:
    return next((value for block in blocks if (value := block.first(name)) is not None), None)


def _matching(pattern: re.Pattern[str], value: str | None, reason: str) -> str:
    if value is None or not pattern.fullmatch(value):
        raise BadOffer(reason)
    return value


def _parse_fingerprints(transport: Sequence[_Block]) -> tuple[tuple[str, str], ...]:
    """Of the first block that has any: a section's own stand instead of the session's (RFC 8122 section 5)."""
    values = next((block.all("fingerprint") for block in transport if block.all("fingerprint")), ())
    found = [(match[1].lower(), match[2].upper()) for _, match in _matches(_FINGERPRINT, values)]
    fitting = [(name, value) for name, value in found if len(value) == 3 * FINGERPRINT_BYTES.get(name, 0) - 1]
    if not any(name in TRUSTED_HASHES for name, _ in fitting):
        raise BadOffer("no-fingerprint")
    return tuple(fitting[:8])


def _parse_setup(transport: Sequence[_Block]) -> str:
    """The browser has to be able to be the DTLS client, because a lite, passive server waits for it."""
    setup = _first(transport, "setup")
    if setup not in ("actpass", "active"):
        raise BadOffer("bad-setup")
    return setup
