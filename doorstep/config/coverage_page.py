"""Tells how much of the rules worked cases reach: lines for a terminal, JSON for programs, one page for a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from doorstep.domains.country.api import Country
from doorstep.engines.rules.api import Branch, Coverage

PAGE, DATA = "coverage.html", "coverage.json"
_LONGEST = 90
_NEVER = {
    "then": "its then is never taken: if {part}",
    "else": "its else is never taken: if {part}",
    "neither, unknown": "its condition is never unknown: if {part}",
    "fits": "the row never fits: {part}",
    "no row fits": "it never happens that no row fits: {part}",
    "computed": "never computed: {part}",
    "used": "its value is never used: {part}",
}


def lines(coverage: Coverage) -> Iterator[str]:
    """A share for each file, then what no case ever reached."""
    yield "Reached by the cases that passed:"
    width = max(map(len, coverage.files), default=0)
    for name, each in coverage.files.items():
        whole = len(each.branches)
        yield f"  {name:<{width}}  {whole - len(each.missed):>4} of {whole:<4}  {each.percent:>5} %"
    if coverage.missed:
        yield "Never reached:"
    for branch in coverage.missed:
        yield f"  {branch.place.file}:{branch.place.line}: {branch.owner}: {never(branch)}"


def never(branch: Branch) -> str:
    """What never happens, in words."""
    part = branch.part if len(branch.part) <= _LONGEST else f"{branch.part[: _LONGEST - 3]}..."
    return _NEVER.get(branch.outcome, f"never {branch.outcome}: {{part}}").format(part=part)


def as_json(coverage: Coverage) -> dict[str, Any]:
    """The same for programs, with every branch and the cases that reach it."""
    return _share(coverage) | {
        "files": [{"file": name} | _share(each) for name, each in coverage.files.items()],
        "branches": [
            {
                "file": branch.place.file,
                "line": branch.place.line,
                "owner": branch.owner,
                "part": branch.part,
                "outcome": branch.outcome,
                "cases": list(cases),
            }
            for branch, cases in coverage.branches.items()
        ],
    }


def _share(coverage: Coverage) -> dict[str, Any]:
    whole = len(coverage.branches)
    return {"reached": whole - len(coverage.missed), "all": whole, "percent": coverage.percent}


def write(folder: Path, *, country: Country, coverage: Coverage) -> None:
    """Write the page and the data into ``folder``, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page(country, coverage), encoding="utf-8")
    data = json.dumps(as_json(coverage), ensure_ascii=False, indent=2)
    (folder / DATA).write_text(f"{data}\n", encoding="utf-8")


# ---------------------------------------------------------------------- the page


def page(country: Country, coverage: Coverage) -> str:
    """One page that needs nothing else: no script, no picture, no other file."""
    title = f"Worked cases of {country.name.in_('en')}"
    return "\n".join([
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}: {coverage.percent} % of the rules reached</title>",
        f"<style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        *_summary(coverage),
        *_holes(coverage),
        *_files(country, coverage),
        "</main></body></html>",
        "",
    ])  # fmt: skip


def _summary(coverage: Coverage) -> Iterator[str]:
    share = _share(coverage)
    yield f"<p>The cases that pass reach <strong>{share['reached']} of {share['all']}</strong> branches of the rules: "
    yield f"<strong>{coverage.percent} %</strong>. A branch is one thing that can happen in a formula: a part that is "
    yield "true, false or unknown, a row of a table that fits, a figure of the law that is used. A part of "
    yield "<code>and</code> or <code>or</code> counts only where no other part has settled the answer.</p>"
    yield "<ul>"
    for name, each in coverage.files.items():
        own = _share(each)
        yield f"<li><a href='#{_anchor(name)}'>{escape(name)}</a>: "
        yield f"{own['reached']} of {own['all']}, {own['percent']} %</li>"
    yield "</ul>"


def _holes(coverage: Coverage) -> Iterator[str]:
    yield "<h2>Never reached</h2>"
    if not coverage.missed:
        yield "<p>Nothing: every branch has a case.</p>"
        return
    yield "<ul>"
    for branch in coverage.missed:
        place = f"{branch.place.file}:{branch.place.line}"
        yield f"<li><a href='#{_anchor(branch.owner)}'>{escape(branch.owner)}</a>: {escape(never(branch))} "
        yield f"<small>{escape(place)}</small></li>"
    yield "</ul>"


def _files(country: Country, coverage: Coverage) -> Iterator[str]:
    for name, each in coverage.files.items():
        yield f"<h2 id='{_anchor(name)}'>{escape(name)}</h2>"
        for owner, own in each.owners.items():
            yield f"<section id='{_anchor(owner)}'><h3><code>{escape(owner)}</code> {_label(country, owner)}</h3>"
            branches = list(own.branches)
            for (place, text), group in groupby(branches, key=lambda branch: (branch.place, branch.text)):
                yield from _formula(place.line, text, list(group), own)
            yield "</section>"


def _label(country: Country, owner: str) -> str:
    rules = country.rules
    text = rules.variables[owner].shape.label if owner in rules.variables else rules.parameters[owner].shape.label
    return f"<bdi>{escape(text.in_('en'))}</bdi>"


def _formula(line: int, text: str, branches: list[Branch], coverage: Coverage) -> Iterator[str]:
    role = f", {branches[0].role}" if branches[0].role else ""
    yield f"<p class=place>Line {line}{role}</p><pre><code>{_marked(text, branches, coverage)}</code></pre>"
    for part, group in groupby(branches, key=lambda branch: branch.part):
        if part != " ".join(text.split()):
            yield f"<p class=part><code>{escape(part)}</code></p>"
        yield "<ul class=ways>"
        for branch in group:
            yield f"<li>{_told(branch.outcome, coverage.branches[branch])}</li>"
        yield "</ul>"


def _told(outcome: str, cases: tuple[str, ...]) -> str:
    if not cases:
        return f"<span class=never>✗ {outcome}: never</span>"
    many = "1 case" if len(cases) == 1 else f"{len(cases)} cases, the first"
    return f"<span class=reached>✓ {outcome}</span> in {many}: <bdi>{escape(cases[0])}</bdi>"


def _marked(text: str, branches: list[Branch], coverage: Coverage) -> str:
    """The text with every letter marked whose innermost part has a branch that was never reached."""
    flags = [False] * len(text)
    spans = dict.fromkeys(branch.span if branch.span[1] else (0, len(text)) for branch in branches)
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):  # the longest first
        own = [branch for branch in branches if branch.span in ((start, end), (0, 0))]
        flags[start:end] = [any(not coverage.branches[branch] for branch in own)] * (end - start)
    pieces = []
    for is_missed, group in groupby(zip(flags, text, strict=True), key=lambda pair: pair[0]):
        piece = escape("".join(letter for _, letter in group))
        pieces.append(f"<mark>{piece}</mark>" if is_missed else piece)
    return "".join(pieces)


def _anchor(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


_STYLE = """
:root{color-scheme:light dark;--paper:#fffdf8;--sand:#f3ece0;--ink:#1c1b22;--muted:#4a4753;--door:#0b4f4a;
--stop:#8a2b0e;--done:#1c5a2e;--line:#8c8794}
@media(prefers-color-scheme:dark){:root{--paper:#15171a;--sand:#202327;--ink:#f4f1ea;--muted:#c3beb4;--door:#7fd6cb;
--stop:#ffb199;--done:#9fdcae;--line:#6d6a75}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}h2{margin-top:2.5rem}h3{font-size:1.1rem;margin:0 0 .5rem}
p,li{max-width:42rem}a{color:var(--door)}small,.place{color:var(--muted)}
a:focus-visible{outline:3px solid #ffb81c;outline-offset:2px;box-shadow:0 0 0 2px var(--ink)}
section{border-block-start:1px solid var(--line);padding:1rem 0}.place{margin:.75rem 0 .25rem;font-size:.9rem}
pre{background:var(--sand);padding:.75rem;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.95em;overflow-wrap:anywhere}
mark{background:none;color:var(--stop);text-decoration:underline wavy;text-underline-offset:.25em;font-weight:600}
.part{color:var(--muted);margin:.75rem 0 0}.ways{list-style:none;margin:.25rem 0 1rem;padding-inline-start:1.25rem}
li{overflow-wrap:anywhere}
.never{color:var(--stop);font-weight:600}.reached{color:var(--done);font-weight:600}
"""
