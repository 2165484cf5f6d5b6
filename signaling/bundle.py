"""Joins a script with the modules that it imports: one request instead of thirty, and a fifth fewer bytes.

The modules stay as they were written. Each becomes a function that gives what it exports: names stay apart, and the
minifier may shorten them. Knows the forms that the pages use, each on a line of its own: `import { a } from "./b.js";`
and `export` before a declaration. What is loaded by `import("./c.js")` stays a file of its own.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_INNER: Final = re.compile(r"(?<![\w\"'`/}$-])_[a-z]\w*")
"""Not what a string ends with, as `${direction}_level`."""
_LATER: Final = re.compile(r'\bimport\("(\.[^"]+)"\)')


def modules(entry: Path) -> list[Path]:
    """All that the script imports, through any number of steps, each after what it imports itself; the script last."""
    found: dict[Path, None] = {}

    def visit(path: Path) -> None:
        for _, name in _IMPORT.findall(path.read_text()):
            module = (path.parent / name).resolve()
            if module not in found:
                visit(module)
        found[path] = None

    visit(entry.resolve())
    return list(found)


def bundle(order: list[Path]) -> str:
    """One script that does what the last of `order` does, which is what `modules` found."""
    names = {path: f"m{place}" for place, path in enumerate(order)}
    *others, entry = order
    parts = [f"const {names[path]} = (() => {{\n{_body(path, entry, names)}\n}})();\n" for path in others]
    return _shortened("".join(parts) + _body(entry, entry, names))


def _shortened(code: str) -> str:
    """Members whose name begins with `_` are a module's own, and are never made of strings: minifiers leave them long,
    as they cannot know that. The commonest get the shortest."""
    found = Counter(_INNER.findall(code))
    short = {name: f"_{place:x}" for place, (name, _) in enumerate(found.most_common())}
    return _INNER.sub(lambda match: short[match[0]], code)


def _body(path: Path, entry: Path, names: dict[Path, str]) -> str:
    def imported(match: re.Match[str]) -> str:
        return f"const {match[1]} = {names[(path.parent / match[2]).resolve()]};"

    def later(match: re.Match[str]) -> str:
        """A script's own address is what `import()` starts from."""
        return f'import("./{os.path.relpath(path.parent / match[1], entry.parent)}")'

    code = path.read_text()
    exported = [name for _, name in _EXPORT.findall(code)] if path != entry else []
    code = _LATER.sub(later, _IMPORT.sub(imported, code))
    if not exported:
        return code
    plain = _EXPORT.sub(r"\1", code)
    return f"{plain}\nreturn {{ {', '.join(exported)} }};"
