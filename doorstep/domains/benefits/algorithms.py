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
from doorstep.engines.feel.api import Kind, Node, Over, Parameter, Ref, Scale, Value, walk
from doorstep.engines.rules.api import BracketShape, DatedParameter, Variable
from doorstep.kit.languages import write_list, write_share

NO_MORE = "null"
"""How the files write that a figure ended."""


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


def parameters_of(programme: Programme, country: Country) -> dict[str, DatedParameter]:
    """The figures of the law behind a programme, by name."""
    return _used(programme, country)[1]


def _used(programme: Programme, country: Country) -> tuple[dict[str, Variable], dict[str, DatedParameter]]:
    """Every variable and parameter behind the decision and what it gives, the decision itself first."""
    variables: dict[str, Variable] = {}
    parameters: dict[str, DatedParameter] = {}
    waiting = [programme.entitled_when.text, programme.gives.share.text]
    waiting += [programme.cost.text] if programme.cost else []
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


def figures_of(programme: Programme, country: Country) -> dict[str, DatedParameter]:
    """As ``parameters_of`` without scales: what one other value can stand in the place of."""
    return {name: one for name, one in parameters_of(programme, country).items() if not one.type.is_scale}


def plain(value: object) -> str:
    """A figure of the law as text, as the country's files write it."""
    if value is None:
        return NO_MORE
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def plain_on(parameter: DatedParameter, day: date) -> str:
    """What holds on a day as text; of a scale its brackets, as ``write_plain`` reads them."""
    value = parameter.at(day)
    if not isinstance(value, Scale):
        return plain(value)
    return "; ".join(
        f"{one.from_}: {one.amount if one.rate is None else one.rate}" for one in _brackets(parameter, value)
    )


def write_plain(parameter: DatedParameter, text: str, country: Country, language: str) -> str:
    """A figure from its text, as ``plain_on`` gives it or as a what-if was asked, with its unit."""
    kind = parameter.type
    value: Value = text
    if text == NO_MORE:
        value = None
    elif kind.is_scale:
        pairs = [tuple(Decimal(part) for part in pair.split(": ")) for pair in text.split("; ")]
        rates = kind.kind is Kind.RATES
        shapes = [BracketShape(start, *((given, None) if rates else (None, given))) for start, given in pairs]
        return "; ".join(_bracket(parameter, one, country, language) for one in shapes)
    elif kind.kind is Kind.LIST:
        value = tuple(part.strip() for part in text.split(","))
    elif kind.is_number:
        value = Decimal(text)
    return write_figure(parameter, value, country, language)


def write_figure(parameter: DatedParameter, value: object, country: Country, language: str) -> str:
    """A value of a figure of the law, with its unit; of a scale its brackets, and of one that ended that it did."""
    if value is None:
        return say("ended", language)
    if isinstance(value, Scale):
        return "; ".join(_bracket(parameter, one, country, language) for one in _brackets(parameter, value))
    if isinstance(value, tuple):
        return write_list([write_figure(parameter, item, country, language) for item in value], language)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return write_measure(value, parameter.shape.unit, country.currency, language)
    return grounds.code_label(country, str(value), language)


def _brackets(parameter: DatedParameter, scale: Scale) -> tuple[BracketShape, ...]:
    """The brackets as they are written."""
    day = next(day for day, held in parameter.values if held == scale)
    return parameter.shape.brackets[day.isoformat()] or ()


def _bracket(parameter: DatedParameter, bracket: BracketShape, country: Country, language: str) -> str:
    if bracket.rate is not None:
        given = write_share(bracket.rate, language, exact=True)
    else:
        given = write_measure(bracket.amount or Decimal(0), parameter.shape.gives, country.currency, language)
    start = write_measure(bracket.from_, parameter.shape.unit, country.currency, language)
    return say("bracket", language).format(start=start, given=given)


def _parameter(parameter: DatedParameter, country: Country, language: str) -> ParameterInWords:
    return ParameterInWords(
        name=parameter.name,
        title=parameter.shape.label.in_(language),
        unit=parameter.shape.unit,
        reference=parameter.shape.reference,
        values=tuple((day, write_figure(parameter, value, country, language)) for day, value in parameter.values),
    )
