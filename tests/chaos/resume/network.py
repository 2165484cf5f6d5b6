"""The ways in which a patient's address changes: from Wi-Fi to mobile, or only at the NAT that they are behind."""

from __future__ import annotations

import time
from typing import Final

from netlab.lab import Link
from netlab.tun import DEVICE, run

MOBILE: Final = "wwan0"
MOBILE_NET: Final = "10.214.7"
NAT_NET: Final = "10.215"


class Networks:
    """Both go through the same emulated link: only the address is another one, and the interface that has it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._places = ((link.ip, DEVICE), (f"{MOBILE_NET}.{link.ip.rpartition('.')[2]}", MOBILE))
        self._on_mobile = False
        self._renumbered = 0
        self._run("ip", "link", "add", MOBILE, "type", "veth", "peer", "name", f"{MOBILE}-far")
        for name in (MOBILE, f"{MOBILE}-far"):
            self._run("ip", "link", "set", name, "addrgenmode", "none", "up")

    def switch(self) -> float:
        """To the other network, at once: what has the old address is cut off. When (seconds since 1970)."""
        places = self._places if not self._on_mobile else self._places[::-1]
        (old_ip, old), (new_ip, new) = places
        self._on_mobile = not self._on_mobile
        at_s = time.time()
        self._run("ip", "address", "del", f"{old_ip}/24", "dev", old)
        self._run("ip", "address", "add", f"{new_ip}/24", "dev", new)
        self._run("ip", "route", "replace", "default", "dev", DEVICE, "src", new_ip)
        return at_s

    def renumber(self) -> float:
        """The NAT takes another address; the patient's own stays, and connections get no answer. When, as above."""
        self._renumbered += 1
        ip = f"{NAT_NET}.{self._renumbered}.{self._link.ip.rpartition('.')[2]}"
        return self._link.renumber(ip) + time.time() - time.monotonic()

    def _run(self, *command: str) -> None:
        run(*self._link.patient, *command)
