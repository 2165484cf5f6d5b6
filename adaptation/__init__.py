"""Pure rules of the ladder: samples in, decisions out; no clock, socket, log or aiortc."""
