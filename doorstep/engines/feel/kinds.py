"""How the type of a result follows from its arguments: one rule for each kind of operator, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from doorstep.engines.feel import bounded
from doorstep.engines.feel.tree import Literal, Node, Parameter
from doorstep.engines.feel.types import (
    BOOLEAN,
    COUNT,
    DATE,
    MAX_DIGITS,
    TEXT,
    Kind,
    Type,
    list_of,
    number,
)

# A sum may hold ten thousand of its largest values.
SUM_ROOM = 4
QUOTIENT_SCALE = 10
MIN_QUOTIENT_SCALE = 6


class Mistake(Exception):
    """An operator cannot take these arguments: what it expected and how to mend it."""

    def __init__(self, expected: str, mend: str = "") -> None:
        self.expected, self.mend = expected, mend
        super().__init__(expected)


TypeRule = Callable[[Sequence[Node]], Type]


def fits(whole: int, scale: int, *, money: bool) -> Type:
    """A number type, or a mistake when it could need more digits than any engine holds exactly."""
    if whole + scale > MAX_DIGITS:
        raise Mistake(
            f"a result of at most {MAX_DIGITS} digits, this one may need {whole + scale}",
            "Round a part first, for example decimal(x, 2), or give a variable digits: 14 and decimals: 2.",
        )
    return number(max(whole + scale, 1), scale, money=money)


def is_money(args: Sequence[Node]) -> bool:
    """True where one side is money. A plain figure written beside money counts as money: ``income = 0``."""
    kinds = {arg.type.kind for arg in args if not isinstance(arg, Literal)}
    if Kind.MONEY in kinds and Kind.NUMBER in kinds:
        raise Mistake("money with money, or numbers with numbers", "Give the parameter a unit of money.")
    return any(arg.type.kind is Kind.MONEY for arg in args)


def need_numbers(args: Sequence[Node]) -> None:
    if not all(arg.type.is_number for arg in args):
        raise Mistake("numbers")


def of_sum(args: Sequence[Node]) -> Type:
    need_numbers(args)
    money = is_money(args)
    return fits(max(a.type.whole for a in args) + 1, max(a.type.scale for a in args), money=money)


def of_product(args: Sequence[Node]) -> Type:
    need_numbers(args)
    monies = sum(arg.type.kind is Kind.MONEY for arg in args)
    if monies > 1:
        raise Mistake("money times a number", "Money times money has no meaning.")
    return fits(sum(a.type.whole for a in args), sum(a.type.scale for a in args), money=monies == 1)


def of_scaled(args: Sequence[Node]) -> Type:
    """The width of a sum of parts, each times its rate: that of the widest part times the widest rate."""
    value, scale = args
    of, gives = scale.type.of, scale.type.gives
    if not value.type.is_number or of is None or gives is None or not isinstance(scale, Parameter | Literal):
        raise Mistake("a number and a parameter that is a scale", "Write scale(income, tax_scale).")
    if value.type.kind is not of.kind:
        raise Mistake(f"{of} for this scale", "The unit of the scale says what it looks up.")
    if scale.type.kind is Kind.AMOUNTS:
        return gives
    whole, places = max(value.type.whole, of.whole) + 1 + gives.whole, max(value.type.scale, of.scale) + gives.scale
    return fits(whole, places, money=value.type.kind is Kind.MONEY)


def of_fitted(args: Sequence[Node]) -> Type:
    value, digits, places = args
    need_numbers([value])
    counts = [arg.value if isinstance(arg, Literal) else None for arg in (digits, places)]
    if not all(isinstance(count, int) for count in counts):
        raise Mistake("written whole numbers of digits and decimals")
    wide, scale = (int(str(count)) for count in counts)
    return fits(wide - scale, scale, money=value.type.kind is Kind.MONEY)


def of_quotient_of_money(args: Sequence[Node]) -> bool:
    """True where money is divided by a number."""
    need_numbers(args)
    top, bottom = (arg.type for arg in args)
    if bottom.kind is Kind.MONEY and top.kind is not Kind.MONEY:
        raise Mistake("money divided by a number or by money")
    return top.kind is Kind.MONEY and bottom.kind is not Kind.MONEY


def of_quotient(args: Sequence[Node]) -> Type:
    money = of_quotient_of_money(args)
    top, bottom = (arg.type for arg in args)
    room = min(
        MAX_DIGITS - top.whole - bottom.scale - 1,
        MAX_DIGITS - 1 if top.digits + top.scale < MAX_DIGITS and bottom.digits + bottom.scale < MAX_DIGITS else 0,
    )
    scale = max(min(QUOTIENT_SCALE, room), top.scale - bottom.scale)
    if scale > room or scale < MIN_QUOTIENT_SCALE:
        raise Mistake(f"a quotient with {MIN_QUOTIENT_SCALE} decimals", "Round the parts first.")
    return fits(top.whole + bottom.scale, scale, money=money)


def of_comparable(args: Sequence[Node]) -> Type:
    left, right = args
    if left.type.is_number and right.type.is_number:
        is_money(args)
        fits(max(a.type.whole for a in args), max(a.type.scale for a in args), money=False)
    elif left.type.kind is not right.type.kind or left.type.kind in (Kind.LIST, Kind.ROWS) or left.type.is_scale:
        raise Mistake("two values of one kind")
    return BOOLEAN


def of_ordered(args: Sequence[Node]) -> Type:
    of_comparable(args)
    if args[0].type.kind is Kind.BOOLEAN:
        raise Mistake("numbers, dates or texts")
    return BOOLEAN


def of_least(args: Sequence[Node]) -> Type:
    if all(arg.type.is_number for arg in args):
        return widest([arg.type for arg in args], money=is_money(args))
    if not all(arg.type.kind is Kind.DATE for arg in args):
        raise Mistake("numbers, or dates")
    return DATE


def of_member(args: Sequence[Node]) -> Type:
    item, choices = args
    of = choices.type.of
    if of is None or not ((item.type.is_number and of.is_number) or item.type.kind is of.kind):
        raise Mistake(f"a list of {item.type}")
    return BOOLEAN


def of_either(args: Sequence[Node]) -> Type:
    if args[0].type.kind is not Kind.BOOLEAN:
        raise Mistake("a condition that is true or false after 'if'")
    return common(list(args[1:]))


def common(nodes: Sequence[Node]) -> Type:
    """The one type of several alternatives; ``null`` fits every type."""
    types = [node.type for node in nodes if node.type.kind is not Kind.NULL]
    if not types:
        raise Mistake("at least one value that is not null")
    if all(item.is_number for item in types):
        return widest(types, money=is_money([node for node in nodes if node.type.kind is not Kind.NULL]))
    if any(item != types[0] for item in types) or types[0].is_scale:
        raise Mistake("values of one kind", "Both branches must give the same kind of value.")
    return types[0]


def widest(types: Sequence[Type], *, money: bool) -> Type:
    """The narrowest number type that holds all of ``types``."""
    return fits(max(item.whole for item in types), max(item.scale for item in types), money=money)


def of_rounding(args: Sequence[Node]) -> Type:
    value, scale = args
    need_numbers([value])
    if not isinstance(scale, Literal) or not isinstance(scale.value, int) or not 0 <= scale.value <= 12:
        raise Mistake("a written whole number of decimals from 0 to 12")
    return fits(value.type.whole + 1, scale.value, money=value.type.kind is Kind.MONEY)


def of_whole(args: Sequence[Node]) -> Type:
    need_numbers(args)
    return fits(args[0].type.whole + 1, 0, money=args[0].type.kind is Kind.MONEY)


def of_same(args: Sequence[Node]) -> Type:
    need_numbers(args)
    return args[0].type


def takes(*kinds: Kind, gives: Type) -> TypeRule:
    """A rule for fixed argument kinds."""

    def rule(args: Sequence[Node]) -> Type:
        found = [Kind.NUMBER if arg.type.is_number and arg.type.scale == 0 else arg.type.kind for arg in args]
        if found != list(kinds):
            raise Mistake(" and ".join("a whole number" if kind is Kind.NUMBER else kind.value for kind in kinds))
        return gives

    return rule


def of_booleans(args: Sequence[Node]) -> Type:
    if any(arg.type.kind is not Kind.BOOLEAN for arg in args):
        raise Mistake("true or false")
    return BOOLEAN


def of_part_of_text(args: Sequence[Node]) -> Type:
    if args[0].type.kind is not Kind.TEXT:
        raise Mistake("text")
    need_numbers(args[1:])
    for arg in args[1:]:
        if isinstance(arg, Literal) and arg.value == 0:
            raise Mistake("numbers that are not 0", "Letters are counted from 1.")
    return TEXT


def is_wide(kind: Type) -> bool:
    """True for a number that may not fit the bounds of DMN's numbers."""
    return kind.is_number and (kind.whole > bounded.WHOLE or kind.scale > bounded.SCALE)


def bounded_number(*, money: bool = False) -> Type:
    """The type of DMN's numbers."""
    return number(bounded.WHOLE + bounded.SCALE, bounded.SCALE, money=money)


def of_bounded(args: Sequence[Node]) -> Type:
    need_numbers(args)
    return bounded_number(money=any(arg.type.kind is Kind.MONEY for arg in args))


def of_bounded_quotient(args: Sequence[Node]) -> Type:
    return bounded_number(money=of_quotient_of_money(args))


def of_power(args: Sequence[Node]) -> Type:
    if any(arg.type.kind is not Kind.NUMBER or is_wide(arg.type) for arg in args):
        raise Mistake("numbers of at most 18 digits before and 18 after the point")
    exponent = args[1]
    if isinstance(exponent, Literal) and isinstance(exponent.value, Decimal) and exponent.value != int(exponent.value):
        raise Mistake("a whole number as exponent", "Engines disagree on roots beyond a few digits.")
    return bounded_number()


def of_rest(args: Sequence[Node]) -> Type:
    need_numbers(args)
    return fits(args[1].type.whole, max(arg.type.scale for arg in args), money=is_money(args))


def of_collected(args: Sequence[Node]) -> Type:
    of_booleans(args[::2])
    return list_of(common(args[1::2]))


def of_first(args: Sequence[Node]) -> Type:
    of_booleans(args[:-1:2])
    return common([*args[1:-1:2], args[-1]])


def of_part_of_list(args: Sequence[Node]) -> Type:
    of = args[0].type.of
    if of is None or not (of.is_number or of.kind is Kind.DATE):
        raise Mistake("a list of numbers or dates")
    return of


def of_sum_of_list(args: Sequence[Node]) -> Type:
    of = args[0].type.of
    if of is None or not of.is_number:
        raise Mistake("a list of numbers")
    return number(min(of.digits + SUM_ROOM, MAX_DIGITS), of.scale, money=of.kind is Kind.MONEY)


def of_count_of_list(args: Sequence[Node]) -> Type:
    if args[0].type.of is None:
        raise Mistake("a list")
    return COUNT


def of_any(args: Sequence[Node]) -> Type:
    if args[0].type.is_scale:
        raise Mistake("a value, not a scale")
    return BOOLEAN
