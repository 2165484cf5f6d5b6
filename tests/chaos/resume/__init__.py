"""How fast a call comes back: real Chromiums and a real `hilo serve`, something is killed or cut, and a watch runs."""
