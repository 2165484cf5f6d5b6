"""A bad network on one machine: two namespaces joined by a link whose delay, rate, loss and UDP block are at will."""
