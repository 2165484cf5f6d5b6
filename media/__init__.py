"""The SFU: one UDP port, ICE-lite, DTLS-SRTP, packet forwarding and feedback, in a process of its own."""
