"""The clinic over HTTP: what staff's pages, patients' pages and the clinic's own systems ask for, as JSON."""
