"""CSV files of appointments: the template, the preview, and the import, which answers line by line as it books."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Final

from aiohttp import ClientConnectionResetError, web
from pydantic import BaseModel

from clinic.booking.csv_import import Imported, KeyReused
from clinic.booking.csv_line import Desk, Line, spelling
from clinic.booking.csv_text import MAX_BYTES
from clinic.booking.rules import Refusal, Rules
from clinic.unavailable import Unavailable
from signaling.api import csv_template
from signaling.api import gate as g
from signaling.api.appointments import books_with
from signaling.api.fault import Fault
from signaling.api.import_view import GoodLine, ImportedLine, ImportEnd, Preview, problem_view
from signaling.api.route import Asked, Route
from signaling.api.words import words

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

CSV: Final = "text/csv"
LINES: Final = "application/x-ndjson"


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/imports"
    return (
        Route("GET", f"{path}/template", "imports.template", "appointments.write", template,
              "A CSV file to fill in.", keys=True, raw_answer=CSV),
        Route("POST", f"{path}/preview", "imports.preview", "appointments.write", preview,
              "What a CSV file would book, and each bad line with its reasons.", answer=Preview, raw_body=CSV,
              max_body_bytes=MAX_BYTES, keys=True),
        Route("POST", path, "imports.run", "appointments.write", run,
              "Book the good lines of a CSV file; answers a line of JSON for each, then the sums.", raw_body=CSV,
              max_body_bytes=MAX_BYTES, keys=True, needs_key=True, raw_answer=LINES,
              faults=("idempotency-key-reused",)),
    )  # fmt: skip


async def template(asked: Asked) -> web.Response:
    name = "citas.csv" if asked.lang == "es" else "appointments.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return web.Response(text=csv_template.template(asked.lang), content_type=CSV, charset="utf-8", headers=headers)


async def preview(asked: Asked) -> Preview:
    data = await g.read(asked.request, MAX_BYTES)
    sheet = await asked.office.csv_import.preview(data, await _desk(asked))
    names = {member.id: member.profile.name for member in await asked.office.roster.all()}
    return Preview(
        usable=not any(problem.spoils_the_file for problem in sheet.problems),
        good=tuple(_good(asked, line, names[line.physician]) for line in sheet.good),
        problems=tuple(problem_view(problem, asked.lang) for problem in sheet.problems),
    )


async def run(asked: Asked) -> web.StreamResponse:
    """Who goes away half-way stops it; the same file under the same key goes on where it stopped."""
    data = await g.read(asked.request, MAX_BYTES)
    told = asked.office.csv_import.run(data, await _desk(asked), asked.as_author)
    response = web.StreamResponse(headers={"Content-Type": LINES, "Cache-Control": "no-store"})
    sums: Counter[str] = Counter()
    try:
        async with contextlib.aclosing(told):
            async for line in told:
                shown = _imported(asked, line)
                sums[shown.outcome if shown.outcome in ("booked", "repeated") else "refused"] += 1
                await _tell(asked, response, shown)
    except KeyReused:
        raise Fault(422, "idempotency-key-reused") from None
    except Unavailable:
        if not response.prepared:
            raise
        return response  # cut off: the page sends it again
    except ClientConnectionResetError:
        return response
    await _tell(asked, response, ImportEnd(booked=sums["booked"], repeated=sums["repeated"], refused=sums["refused"]))
    await response.write_eof()
    return response


async def _tell(asked: Asked, response: web.StreamResponse, line: BaseModel) -> None:
    if not response.prepared:
        await response.prepare(asked.request)
    await response.write(line.model_dump_json().encode() + b"\n")


async def _desk(asked: Asked) -> Desk:
    """Two physicians of one name are told apart by their ids."""
    found = [member for member in await asked.office.roster.all() if books_with(member)]
    count = Counter(spelling(member.profile.name) for member in found)
    names = {spelling(each.profile.name): each.id for each in found if count[spelling(each.profile.name)] == 1}
    return Desk(names | {member.id: member.id for member in found}, Rules(asked.office.zone), asked.now)


def _good(asked: Asked, line: Line, physician: str) -> GoodLine:
    zone = asked.office.zone
    return GoodLine(
        line=line.line,
        name=line.person.name,
        physician=physician,
        starts_at=line.starts_at.astimezone(zone),
        ends_at=line.ends_at.astimezone(zone),
    )


def _imported(asked: Asked, line: Imported) -> ImportedLine:
    if isinstance(line.answer, Refusal):
        code = line.answer.code
        return ImportedLine(
            line=line.line, outcome=code, appointment=line.answer.clash, message=words(asked.lang, code)
        )
    outcome = "repeated" if line.answer.repeated else "booked"
    return ImportedLine(line=line.line, outcome=outcome, appointment=line.answer.appointment, message="")
