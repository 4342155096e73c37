"""The algorithm register: every rule that decides a programme, in words, for anybody to read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from doorstep.domains.benefits import grounds, reading
from doorstep.domains.benefits.measures import write_measure
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Algorithm, ParameterInWords, RuleInWords
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.feel.api import Node, Over, Parameter, Ref, Scale, Value, walk
from doorstep.engines.rules.api import BracketShape, DatedParameter, Variable
from doorstep.kit.languages import write_list, write_share


def algorithms(country: Country, language: str) -> tuple[Algorithm, ...]:
    """See ``api.algorithm_register``."""
    return tuple(algorithm(programme, country, language) for programme in reading.programmes_of(country).values())


def algorithm(programme: Programme, country: Country, language: str) -> Algorithm:
    """See ``api.algorithm``."""
    variables, parameters = _used(programme, country)
    office = country.offices[programme.office.text]
    return Algorithm(
        programme=programme.id,
        title=programme.title.in_(language),
        summary=programme.summary.in_(language),
        office=office.name.in_(language),
        legal_basis=tuple(f"{law.title.in_(language)}, {law.section}" for law in programme.legal_basis),
        version=country.hash,
        rules=tuple(_rule(variable, country, language) for variable in variables.values()),
        parameters=tuple(_parameter(parameter, country, language) for parameter in parameters.values()),
    )


def _used(programme: Programme, country: Country) -> tuple[dict[str, Variable], dict[str, DatedParameter]]:
    """Every variable and parameter behind the decision and what it gives, the decision itself first."""
    variables: dict[str, Variable] = {}
    parameters: dict[str, DatedParameter] = {}
    waiting = [programme.entitled_when.text, programme.gives.share.text]
    while waiting:
        name = waiting.pop(0)
        variable = country.rules.variables.get(name)
        if variable is None or name in variables:
            continue
        variables[name] = variable
        for part in _parts(variable.node):
            if isinstance(part, Parameter) and part.name in country.rules.parameters:
                parameters[part.name] = country.rules.parameters[part.name]
            elif isinstance(part, Ref):
                waiting.append(part.name)
    return variables, parameters


def _parts(node: Node) -> list[Node]:
    """Every part of a formula, those inside aggregates included."""
    found: list[Node] = []
    for part in walk(node):
        found.append(part)
        if isinstance(part, Over):
            for inner in (part.where, part.value):
                if inner is not None:
                    found += [deep for deep in _parts(inner) if deep not in found]
    return found


def _rule(variable: Variable, country: Country, language: str) -> RuleInWords:
    shape = variable.shape
    uses = {part.name for part in _parts(variable.node) if isinstance(part, Ref | Parameter)}
    return RuleInWords(
        name=variable.name,
        entity=variable.entity,
        title=shape.label.in_(language),
        words=country.rules.say_formula(variable.name, language),
        formula=shape.formula.text if shape.formula else "",
        uses=tuple(sorted(uses)),
        reference=shape.reference,
        telling=country.rules.tell_formula(variable.name, language),
    )


def _parameter(parameter: DatedParameter, country: Country, language: str) -> ParameterInWords:
    def written(value: object) -> str:
        if isinstance(value, tuple):
            return write_list([written(item) for item in value], language)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return write_measure(value, parameter.shape.unit, country.currency, language)
        return grounds.code_label(country, str(value), language)

    def bracket(found: BracketShape) -> str:
        if found.rate is not None:
            given = write_share(found.rate, language, exact=True)
        else:
            given = write_measure(found.amount or Decimal(0), parameter.shape.gives, country.currency, language)
        start = write_measure(found.from_, parameter.shape.unit, country.currency, language)
        return say("bracket", language).format(start=start, given=given)

    def of_day(day: date, value: Value) -> str:
        if value is None:
            return say("ended", language)
        if isinstance(value, Scale):
            return "; ".join(bracket(found) for found in parameter.shape.brackets[day.isoformat()] or ())
        return written(value)

    return ParameterInWords(
        name=parameter.name,
        title=parameter.shape.label.in_(language),
        unit=parameter.shape.unit,
        reference=parameter.shape.reference,
        values=tuple((day, of_day(day, value)) for day, value in parameter.values),
    )
