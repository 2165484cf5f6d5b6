"""Fuzz targets, one for each parser of untrusted bytes; `python -m tests.fuzz all --seconds 60` runs them."""
