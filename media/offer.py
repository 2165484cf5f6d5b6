"""A browser's SDP offer, read into values (RFC 8829 JSEP, 8839 ICE, 8842 DTLS, 9143 BUNDLE).

The text is a stranger's: whatever is wrong with it raises `BadOffer`. What to answer is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from media.sdp_lines import BadOffer, Block, blocks, matches, matching
from media.section import Section, parse_section

MAX_SECTIONS = 32

PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF")
FINGERPRINT_BYTES = {"sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64}
TRUSTED_HASHES = ("sha-256", "sha-384", "sha-512")

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"([A-Za-z0-9-]{1,16}) +([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63})")


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


def parse_offer(text: str) -> Offer:
    """Read an offer of BUNDLE'd, rtcp-mux'd DTLS-SRTP m-lines. Raises `BadOffer`."""
    session, *media = blocks(text)
    if not 0 < len(media) <= MAX_SECTIONS:
        raise BadOffer("no-sections" if not media else "too-many-sections")
    sections = tuple(parse_section(block, session) for block in media)
    by_mid = {section.mid: block for section, block in zip(sections, media, strict=True)}
    _check_unique([section.mid for section in sections], "duplicate-mid")
    _check_unique([ssrc for section in sections for ssrc in (section.ssrc, section.rtx_ssrc) if ssrc], "duplicate-ssrc")
    if session.first("ice-lite") is not None:
        raise BadOffer("ice-lite")  # as lite as we are: nobody would send a check
    bundled = _bundled_mids(session)
    _check_sections(sections, by_mid, bundled)
    transport = [by_mid[mid] for mid in bundled if mid in by_mid] + [session]
    return Offer(
        ice_ufrag=matching(_UFRAG, _first(transport, "ice-ufrag"), "bad-ice-ufrag"),
        ice_pwd=matching(_PWD, _first(transport, "ice-pwd"), "bad-ice-pwd"),
        fingerprints=_parse_fingerprints(transport),
        setup=_parse_setup(transport),
        ice_options=tuple((_first([session, *transport], "ice-options") or "").split()[:16]),
        extmap_allow_mixed=session.first("extmap-allow-mixed") is not None,
        sections=sections,
    )


def _bundled_mids(session: Block) -> list[str]:
    for group in session.all("group"):
        semantics, *mids = group.split()[: MAX_SECTIONS + 1] or [""]
        if semantics == "BUNDLE" and mids:
            return mids
    raise BadOffer("no-bundle")


def _check_unique(values: Sequence[object], reason: str) -> None:
    if len(set(values)) < len(values):
        raise BadOffer(reason)


def _check_sections(sections: Sequence[Section], by_mid: dict[str, Block], bundled: list[str]) -> None:
    for section in sections:
        if section.kind == "application" or not section.wanted:
            continue
        if section.mid not in bundled:
            raise BadOffer("no-bundle")
        if section.protocol not in PROTOCOLS:
            raise BadOffer("bad-protocol")
        if by_mid[section.mid].first("rtcp-mux") is None:
            raise BadOffer("no-rtcp-mux")


def _first(blocks: Sequence[Block], name: str) -> str | None:
    return next((value for block in blocks if (value := block.first(name)) is not None), None)


def _parse_fingerprints(transport: Sequence[Block]) -> tuple[tuple[str, str], ...]:
    """Of the first block that has any: a section's own stand instead of the session's (RFC 8122 section 5)."""
    values = next((block.all("fingerprint") for block in transport if block.all("fingerprint")), ())
    found = [(match[1].lower(), match[2].upper()) for _, match in matches(_FINGERPRINT, values)]
    fitting = [(name, value) for name, value in found if len(value) == 3 * FINGERPRINT_BYTES.get(name, 0) - 1]
    if not any(name in TRUSTED_HASHES for name, _ in fitting):
        raise BadOffer("no-fingerprint")
    return tuple(fitting[:8])


def _parse_setup(transport: Sequence[Block]) -> str:
    """The browser has to be able to be the DTLS client, because a lite, passive server waits for it."""
    setup = _first(transport, "setup")
    if setup not in ("actpass", "active"):
        raise BadOffer("bad-setup")
    return setup
