"""Small models in XML, as an editor writes them, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

from doorstep.engines.dmn.api import Decider, Model, every_decision, read_model

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
AS_OF = date(2026, 9, 1)


def given(name: str, kind: str = "") -> str:
    """An input."""
    variable = f'<variable name="{name}" typeRef="{kind}"/>' if kind else ""
    return f'<inputData id="i_{name}" name="{name}">{variable}</inputData>'


def decision(name: str, box: str, *, needs: Sequence[str] = (), knows: Sequence[str] = (), kind: str = "") -> str:
    """A decision; ``needs`` are ids such as ``i_Age`` and ``d_Fee``."""
    parts = [f'<variable name="{name}" typeRef="{kind}"/>' if kind else ""]
    for id in needs:
        what = "requiredInput" if id.startswith("i_") else "requiredDecision"
        parts.append(f'<informationRequirement><{what} href="#{id}"/></informationRequirement>')
    parts += [f'<knowledgeRequirement><requiredKnowledge href="#{id}"/></knowledgeRequirement>' for id in knows]
    return f'<decision id="d_{name}" name="{name}">{"".join(parts)}{box}</decision>'


def formula(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def knowledge(name: str, parameters: Sequence[str], box: str, knows: Sequence[str] = ()) -> str:
    """Business knowledge; its parameters are numbers."""
    formal = "".join(f'<formalParameter name="{one}" typeRef="number"/>' for one in parameters)
    more = "".join(f'<knowledgeRequirement><requiredKnowledge href="#{id}"/></knowledgeRequirement>' for id in knows)
    return (
        f'<businessKnowledgeModel id="b_{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{box}</encapsulatedLogic>{more}</businessKnowledgeModel>"
    )


def table(
    inputs: Sequence[str], rows: Sequence[Sequence[str]], *, hit: str = "UNIQUE", outputs: Sequence[str] = ("",),
    values: Sequence[str] = (), defaults: Sequence[str] = (), aggregation: str = "", allowed: Sequence[str] = (),
) -> str:  # fmt: skip
    """A decision table: each row holds its tests, then its results."""
    lines = []
    for at, text in enumerate(inputs):
        listed = f"<inputValues><text>{escape(allowed[at])}</text></inputValues>" if allowed and allowed[at] else ""
        lines.append(f"<input><inputExpression><text>{escape(text)}</text></inputExpression>{listed}</input>")
    for at, name in enumerate(outputs):
        order = f"<outputValues><text>{escape(values[at])}</text></outputValues>" if values and values[at] else ""
        default = f"<defaultOutputEntry><text>{escape(defaults[at])}</text></defaultOutputEntry>" if defaults else ""
        lines.append(f'<output name="{name}">{order}{default}</output>')
    for row in rows:
        tests = "".join(f"<inputEntry><text>{escape(one)}</text></inputEntry>" for one in row[: len(inputs)])
        results = "".join(f"<outputEntry><text>{escape(one)}</text></outputEntry>" for one in row[len(inputs) :])
        lines.append(f"<rule>{tests}{results}</rule>")
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{hit}"{more}>{"".join(lines)}</decisionTable>'


def xml(*parts: str, space: str = SPACE) -> bytes:
    """A whole file."""
    return f'<definitions xmlns="{space}" name="tried" namespace="urn:tried">{"".join(parts)}</definitions>'.encode()


def model(*parts: str) -> Model:
    """A whole model."""
    return read_model(xml(*parts), file="tried.dmn")


def decided(drawn: Model, values: dict[str, Any], name: str) -> Any:
    """What both writers decide; they must agree."""
    decider = Decider(every_decision(drawn), as_of=AS_OF)
    in_python = decider.in_python(values, f"d_{name}")
    (in_sql,) = decider.in_sql([values], f"d_{name}")
    assert in_python == in_sql
    return in_python
