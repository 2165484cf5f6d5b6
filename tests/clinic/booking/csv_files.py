"""What tests of CSV files share: a header, a good line, and where it is read."""

from __future__ import annotations

from diary_office import NOW

from clinic.booking.csv_line import Desk, spelling
from clinic.booking.rules import Rules

HEADER = (
    "Fecha;Hora;Minutos;Médico;Nombre y apellido;Cédula;Fecha de nacimiento;Teléfono;Cédula del representante;"
    "Representante;Motivo"
)
COLUMNS = HEADER.split(";")
GOOD = {
    "Fecha": "25/11/2026",
    "Hora": "09:30 a. m.",
    "Minutos": "20",
    "Médico": "Dra. Inés Paz",
    "Nombre y apellido": "Ana Núñez",
    "Cédula": "V-12.345.678",
    "Fecha de nacimiento": "31/03/1980",
    "Teléfono": "0412-1234567",
    "Cédula del representante": "",
    "Representante": "",
    "Motivo": "Control",
}
DESK = Desk({spelling("Inés Paz"): "paz", spelling("José Rey"): "rey", "rey": "rey"}, Rules(), NOW)


def line(number: int = 0, **changes: str) -> str:
    """A good line, of another patient and hour for each number, with cells changed by the column's first word."""
    cells = dict(GOOD)
    cells["Cédula"] = f"V-{12_345_678 + number}"
    cells["Hora"] = f"{8 + number % 12}:30"
    for name, value in changes.items():
        [column] = [column for column in COLUMNS if column.replace(" ", "_") == name]
        cells[column] = value
    return ";".join(cells.values())


def file(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()
