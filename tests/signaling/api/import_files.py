"""CSV files of appointments for tomorrow: a header and good lines, with cells changed by their column's name."""

from __future__ import annotations

from datetime import timedelta

from api_under_test import Api

COLUMNS = ["Fecha", "Hora", "Minutos", "Médico", "Nombre y apellido", "Cédula", "País del pasaporte", "Pasaporte",
           "Fecha de nacimiento", "Teléfono", "Representante", "Cédula del representante", "Motivo"]  # fmt: skip


def line(api: Api, number: int = 0, **changes: str) -> str:
    """A good line for tomorrow, of another patient and hour for each number."""
    day = (api.office.now().astimezone(api.office.zone) + timedelta(days=1)).strftime("%d/%m/%Y")
    cells = dict.fromkeys(COLUMNS, "") | {
        "Fecha": day, "Hora": f"{7 + number // 2}:{number % 2 * 30:02}", "Minutos": "20", "Médico": "Name of physician",
        "Nombre y apellido": "Eva Díaz", "Cédula": f"V-{9_000_000 + number}", "Fecha de nacimiento": "31/03/1980",
        "Teléfono": "0412-1234567", "Motivo": "control de la herida",
    }  # fmt: skip
    return ";".join((cells | {name.replace("_", " "): cell for name, cell in changes.items()}).values())


def file(*lines: str) -> bytes:
    return "\r\n".join([";".join(COLUMNS), *lines, ""]).encode()
