"""What the API says to people: `ES` and `EN` of each module have the same codes."""
