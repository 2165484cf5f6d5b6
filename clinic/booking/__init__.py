"""Appointments: what may be booked, the diary that keeps them, and the CSV files that they come in."""
