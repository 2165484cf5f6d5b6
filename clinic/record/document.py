"""Prescription and instructions on paper: a PDF of a signed version. The same arguments give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import as_file, files
from typing import Final
from unicodedata import category, name, normalize

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import CoreFont, TTFFont

from clinic.record.content import NextAction, Prescription
from clinic.record.paper import Document
from clinic.record.printed_words import WORDS, Lang, Word, action_word, day

MARGIN_MM: Final = 20.0
LINE_MM: Final = 5.4
FOOT_MM: Final = 24.0
BASELINE_MM: Final = 0.16
"""By so much a label is lowered, to stand on one line with its larger value."""

HASH_DIGITS: Final = 16
INK: Final = (26, 32, 38)
QUIET: Final = (92, 102, 112)
RULE: Final = (200, 206, 212)
ACCENT: Final = (16, 94, 98)
FALLBACKS: Final = ("NotoSansMath", "NotoSansSymbols2", "NotoSansArabic", "NotoSansHebrew", "NotoEmoji")
UNPRINTABLE: Final = "\ufffd"
"""Stands for each letter that no font of ours has: in a dose, a sign that is left out is worse than an odd one."""


def render(document: Document) -> bytes:
    """The PDF, on letter paper, as Venezuela uses it."""
    draft = _Paper(document, pages=0)
    pages = draft.write_all()
    draft.close_fonts()
    paper = _Paper(document, pages)
    try:
        paper.write_all()
        return bytes(paper.output())
    finally:
        paper.close_fonts()


class _Paper(FPDF):
    """The page and its parts. A method draws one part at the present place and leaves the place under it."""

    def __init__(self, document: Document, pages: int) -> None:
        super().__init__(format="letter")
        self.about = document
        self.words = WORDS[document.lang]
        self.set_margins(MARGIN_MM, 16, MARGIN_MM)
        self.set_auto_page_break(True, FOOT_MM + 4)
        self.c_margin = 0
        self.str_alias_nb_pages = ""
        self.of_pages = pages
        self._fonts()
        self._about()

    def write_all(self) -> int:
        """All parts; how many pages they fill."""
        content = self.about.version.content
        self.add_page()
        self.patient()
        if content.prescriptions:
            self.heading("prescription")
        for number, prescription in enumerate(content.prescriptions, start=1):
            self.prescription(number, prescription)
        if content.instructions.strip():
            self.heading("instructions")
            self.paragraphs(content.instructions.strip())
        if content.next_action is not None:
            self.heading("next-action")
            self.next_action(content.next_action)
        self.signature()
        return self.page_no()

    def close_fonts(self) -> None:
        """fpdf2 leaves their files open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def header(self) -> None:
        """The letterhead."""
        head = self.about.letterhead
        self._say(head.name, size=14, bold=True, colour=ACCENT, line=6.6)
        for line in head.lines:
            self._say(line, size=8.5, colour=QUIET, line=4.2)
        self.ln(2)
        self._line(ACCENT, 0.5)
        self.ln(5)

    def footer(self) -> None:
        """Whose it is, which version, and which page: on every page, as pages get apart."""
        about, version = self.about, self.about.version
        self.set_y(-FOOT_MM + 4)
        self._line(RULE, 0.2)
        self.ln(1.5)
        self._say(f"{about.patient.identifier}  ·  {about.patient.name}", size=7.5, line=4)
        said = (
            self._word("page", page=self.page_no(), pages=self.of_pages),
            self._word("version", number=version.number),
            self._word("hash", hash=_grouped(version.sha256)),
        )
        self._say("  ·  ".join(said), size=7.5, colour=QUIET, line=4)

    def patient(self) -> None:
        """What the document is, for whom, and of which day."""
        about, patient = self.about, self.about.patient
        self._say(self.words["title"], size=17, bold=True, line=9)
        version = about.version
        if version.number > 1:
            self._say(self._word("replaces", number=version.number - 1), size=9, bold=True, line=LINE_MM)
            self._say(self._word("amended", reason=version.reason), size=9, colour=QUIET, line=4.6)
        self.ln(3)
        facts = [(self.words["patient"], patient.name), (self.words["identifier"], patient.identifier)]
        if patient.born:
            facts.append((self.words["born"], day(about.lang, patient.born)))
        facts.append((self.words["date"], day(about.lang, about.seen_at.astimezone(about.zone).date())))
        if version.held is not None:
            facts.append((self.words["held"], self.words[version.held]))
        for label, value in facts:
            self._labelled(label, value)

    def heading(self, word: Word) -> None:
        """Never the last line of a page."""
        self.ln(5)
        if self.will_page_break(24):
            self.add_page()
        self._say(self.words[word], size=12, bold=True, colour=ACCENT, line=7)
        self._line(RULE, 0.2)
        self.ln(2.5)

    def prescription(self, number: int, item: Prescription) -> None:
        """One medication, never over two pages."""
        with self.offset_rendering() as trial:
            self._prescription(number, item)
        if trial.page_break_triggered:
            self.add_page()
        self._prescription(number, item)

    def paragraphs(self, text: str) -> None:
        for paragraph in text.splitlines():
            self._say(paragraph, size=10.5, line=LINE_MM) if paragraph.strip() else self.ln(LINE_MM / 2)

    def next_action(self, action: NextAction) -> None:
        self._say(action_word(self.about.lang, action.kind), size=10.5, bold=True, line=LINE_MM)
        if action.details.strip():
            self.paragraphs(action.details.strip())
        if action.on:
            self._say(self._word("until", date=day(self.about.lang, action.on)), size=10.5, line=LINE_MM)

    def signature(self) -> None:
        """Who answers for it, in one piece."""
        about, signer = self.about, self.about.signer
        self.ln(12)
        if self.will_page_break(34):
            self.add_page()
        when = _moment(about.lang, about.version.signed_at.astimezone(about.zone))
        self._line(INK, 0.3, width=75)
        self.ln(2)
        self._say(signer.name, size=11, bold=True, line=LINE_MM)
        lines = (signer.speciality, f"{self.words['licence']} {signer.licence}", *signer.more)
        for line in lines:
            if line:
                self._say(line, size=9.5, line=4.8)
        self._say(self._word("signed", when=when), size=8.5, colour=QUIET, line=5)

    def _prescription(self, number: int, item: Prescription) -> None:
        said: list[tuple[Word, str]] = [
            ("dose", item.dose),
            ("route", item.route),
            ("frequency", item.frequency),
            ("duration", item.duration),
            ("note", item.note),
        ]
        self._say(f"{number}.  {item.medication}", size=11.5, bold=True, line=6.2)
        for word, value in said:
            if value.strip():
                self._labelled(self.words[word], value.strip(), indent=7)
        if item.as_needed:
            self.set_x(self.l_margin + 7)
            self._say(self.words["as-needed"], size=10, bold=True, line=LINE_MM)
        self.ln(2.5)

    def _labelled(self, label: str, value: str, indent: float = 0) -> None:
        top = self.get_y()
        self.set_xy(self.l_margin + indent, top + BASELINE_MM)
        self._say(label, size=9, colour=QUIET, line=LINE_MM, width=30)
        self.set_xy(self.l_margin + indent + 30, top)
        self._say(value, size=10.5, line=LINE_MM)

    def _say(
        self,
        text: str,
        *,
        size: float,
        line: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        width: float = 0,
    ) -> None:
        self.set_font("NotoSans", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(width, line, self._printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _line(self, colour: tuple[int, int, int], thickness: float, width: float | None = None) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(thickness)
        y, end = self.get_y(), self.w - self.r_margin if width is None else self.l_margin + width
        self.line(self.l_margin, y, end, y)

    def _word(self, word: Word, **values: object) -> str:
        return self.words[word].format(**values)

    def _printable(self, text: str) -> str:
        """The text with a mark for each letter that cannot be printed. Joiners have no sign of their own."""
        return "".join(map(self._sign, normalize("NFC", text)))

    def _sign(self, letter: str) -> str:
        if letter.isspace():
            return " "
        if ord(letter) in self._known and letter.isprintable():
            return letter
        is_invisible = category(letter) == "Cf" or "VARIATION SELECTOR" in name(letter, "")
        return "" if is_invisible else UNPRINTABLE

    def _fonts(self) -> None:
        with as_file(files("clinic.record").joinpath("fonts")) as folder:
            self.add_font("NotoSans", "", folder / "NotoSans-Regular.ttf")
            self.add_font("NotoSans", "B", folder / "NotoSans-Bold.ttf")
            for name in FALLBACKS:
                self.add_font(name, "", folder / f"{name}-Regular.ttf")
        self._known = frozenset(letter for font in self.fonts.values() for letter in _letters(font))
        self.set_fallback_fonts(list(FALLBACKS), exact_match=False)
        self.set_text_shaping(True)

    def _about(self) -> None:
        """The file's own description: no personal data, and no clock but the signature's."""
        self.set_title(self.words["title"])
        self.set_lang(self.about.lang)
        self.set_creator("Hilo")
        self.set_creation_date(self.about.version.signed_at)


def _letters(font: CoreFont | TTFFont) -> Iterable[int]:
    return font.cmap if isinstance(font, TTFFont) else ()


def _grouped(sha256: str) -> str:
    """The first digits, as people read them out."""
    return " ".join(sha256[at : at + 4] for at in range(0, HASH_DIGITS, 4))


def _moment(lang: Lang, at: datetime) -> str:
    """es-VE: 23/11/2026, 9:05 a. m."""
    half = "a. m." if at.hour < 12 else "p. m."
    return f"{day(lang, at.date())}, {at.hour % 12 or 12}:{at.minute:02d} {half}"
