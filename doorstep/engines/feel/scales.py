"""Scales of the law: marginal rates, and amounts by bracket, as ordinary trees that both writers know already.

A bracket is one product and one sum, because what the lower brackets give together is computed beforehand: so a scale
costs as little as a chain of ``if``, for one person and for a nation.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from doorstep.engines.feel.constants import number_type
from doorstep.engines.feel.operators import TABLE
from doorstep.engines.feel.primitives import EXACT
from doorstep.engines.feel.tree import Bracket, Call, Literal, Node, Scale

Pairs = Sequence[tuple[Decimal, Decimal]]


def scale_of_rates(pairs: Pairs) -> Scale:
    """Each part of a value at its own rate. ``pairs`` are (start, rate), the lowest start first."""
    brackets: list[Bracket] = []
    base = rate = Decimal(0)
    with localcontext(EXACT):
        for start, next_rate in pairs:
            base += start * (rate - next_rate)
            rate = next_rate
            brackets.append(Bracket(start, rate, base))
    return Scale(tuple(brackets))


def scale_of_amounts(pairs: Pairs, *, added: bool) -> Scale:
    """The amount of the bracket that is reached, or, ``added``, of every bracket that is exceeded.

    ``pairs`` are (start, amount), the lowest start first.
    """
    brackets: list[Bracket] = []
    total = Decimal(0)
    with localcontext(EXACT):
        for start, amount in pairs:
            total = total + amount if added else amount
            brackets.append(Bracket(start, Decimal(0), total))
    return Scale(tuple(brackets), above=added)


def unfolded(call: Call) -> Node:
    """``scale(value, brackets)`` as a chain of ``if``, the highest bracket first; what is below the first gives 0."""
    value, literal = call.args
    assert isinstance(literal, Literal), "a parameter's value is put in before a formula is written"
    if not isinstance(literal.value, Scale):
        return Literal(call.type, call.place, None)
    chain: Node = _figure(call, Decimal(0))
    for bracket in literal.value.brackets:
        reached = _call(call, ">" if literal.value.above else ">=", value, _figure(call, bracket.start))
        base: Node = _figure(call, bracket.base)
        if bracket.rate:
            part = _call(call, "*", value, _figure(call, bracket.rate))
            base = _call(call, "+", part, base) if bracket.base else part
        chain = Call(call.type, call.place, "if", (reached, base, chain))
    return chain


def _figure(call: Call, value: Decimal) -> Literal:
    return Literal(number_type(value), call.place, value)


def _call(of: Call, op: str, *args: Node) -> Call:
    return Call(TABLE[op].result(args), of.place, op, args)
