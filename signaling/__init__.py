"""HTTP and WebSocket, sign-in, the consultation protocol, the composition root and the command line."""
