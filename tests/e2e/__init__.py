"""Whole calls: real browsers, a real server, real networks. What is heard and seen is checked, not counters."""
