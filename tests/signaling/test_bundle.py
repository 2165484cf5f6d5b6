"""Joined scripts do what the modules did: run in Node, beside one another."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from signaling.bundle import bundle, modules
from signaling.pages import read
from tests.web.node import NODE

FILES = {
    "page.js": """
import { Counter, START } from "./core/counter.js";
import { said } from "./core/say.js";
const twice = (n) => n * 2;
const counter = new Counter();
counter.add(twice(START));
said(counter.sum);
import("./texts/es.js").then(({ texts }) => said(texts.bye));
const later = await lazily();
said(later);
export async function lazily() { return "lazy"; }
""",
    "core/counter.js": """
import { said } from "./say.js";
export const START = 4;
const twice = (n) => n * 100;
export class Counter {
  sum = 0;
  add(n) { this.sum += n; said(`import ${twice(1)}`); }
}
""",
    "core/say.js": """
let count = 0;
export function said(what) { count += 1; console.log(count, what); }
""",
    "texts/es.js": """
export const texts = { bye: "chao" };
""",
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    for name, code in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path / "page.js"


def test_each_module_stands_once_and_after_what_it_imports(page: Path) -> None:
    names = [path.relative_to(page.parent).as_posix() for path in modules(page)]
    assert names == ["core/say.js", "core/counter.js", "page.js"]


@pytest.mark.parametrize("minified", [False, True])
def test_what_it_does_stays_the_same(page: Path, minified: bool) -> None:
    joined = page.with_name("joined.js")
    joined.write_bytes(read(page).body if minified else bundle(modules(page)).encode())
    assert "from" not in joined.read_text()
    assert _output(joined) == _output(page) == ["1 import 100", "2 8", "3 lazy", "4 chao"]


def _output(script: Path) -> list[str]:
    run = subprocess.run([NODE, script], capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_only_a_modules_own_members_are_shortened(tmp_path: Path) -> None:
    """Names of messages' fields are made of strings: `up_level` stays."""
    page = tmp_path / "page.js"
    page.write_text("class A { _long() { return `${this.way}_level` + this._long + 'a_b' + \"_blank\"; } }\n")
    (tmp_path / "other.js").write_text("export const b = 1;\n")
    joined = bundle([tmp_path / "other.js", page])
    assert "_long" not in joined
    for kept in ("}_level", "a_b", "_blank"):
        assert kept in joined
