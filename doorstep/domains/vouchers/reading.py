"""Reads the files of a voucher scheme and finds every mistake in them when the country is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from doorstep.domains.country.api import Country, missing_translations
from doorstep.domains.vouchers.shapes import Scheme, Shop, VoucherKind
from doorstep.domains.vouchers.types import NoSuch
from doorstep.kit import files
from doorstep.kit.errors import Findings, Problem, Problems
from doorstep.kit.files import Written

FOLDER = "vouchers"
SCHEME_FILE = "vouchers/scheme.yaml"


@dataclass(frozen=True, eq=False)
class Vouchers:
    """A country's whole scheme: its own file and every kind, by id."""

    scheme: Scheme
    kinds: Mapping[str, VoucherKind]

    def kind(self, id_: str) -> VoucherKind:
        """One kind. Raises ``NoSuch``."""
        if id_ not in self.kinds:
            raise NoSuch(f"There is no voucher {id_!r}.", mend=f"Known here: {', '.join(self.kinds)}.")
        return self.kinds[id_]

    def shop(self, id_: str) -> Shop:
        """One shop. Raises ``NoSuch``."""
        if id_ not in self.scheme.shops:
            raise NoSuch(f"There is no shop {id_!r}.", mend=f"Known here: {', '.join(self.scheme.shops)}.")
        return self.scheme.shops[id_]

    def takes(self, shop: str, kind: str) -> bool:
        """Whether a shop may redeem a kind."""
        named = {written.text for written in self.kind(kind).shops}
        return shop in named or any(group.text in named for group in self.shop(shop).groups)

    def kinds_at(self, shop: str) -> list[VoucherKind]:
        """The kinds that a shop may redeem."""
        return [kind for kind in self.kinds.values() if self.takes(shop, kind.id)]


@lru_cache(maxsize=8)
def vouchers_of(country: Country) -> Vouchers | None:
    """The country's scheme, or ``None`` where it has none. Raises ``Problems``."""
    if not country.paths(FOLDER):
        return None
    findings = Findings()
    found = _decode(country, findings)
    findings.raise_if_any()
    return found


def check_vouchers(country: Country) -> list[Problem]:
    """Every mistake in the scheme's files."""
    if not country.paths(FOLDER):
        return []
    findings = Findings()
    try:
        found = _decode(country, findings)
    except Problems as error:
        return error.problems
    if found is None:
        return findings.problems
    _check_scheme(found.scheme, country, findings)
    for kind in found.kinds.values():
        _check_kind(kind, found.scheme, findings)
        findings.problems.extend(missing_translations(kind, languages=country.languages))
    findings.problems.extend(missing_translations(found.scheme, languages=country.languages))
    return findings.problems


def _decode(country: Country, findings: Findings) -> Vouchers | None:
    scheme: Scheme | None = None
    kinds: dict[str, VoucherKind] = {}
    for node in country.nodes(FOLDER):
        before = len(findings.problems)
        if node.place.file == SCHEME_FILE:
            scheme = files.decode(node, Scheme, findings=findings, what="the scheme")
            continue
        kind: VoucherKind | None = files.decode(node, VoucherKind, findings=findings, what="the kind of voucher")
        if kind is None or len(findings.problems) > before:
            continue
        if kind.id in kinds:
            findings.add(kind.kind.place, f"the voucher {kind.id!r} stands twice", mend="Rename one.")
        kinds[kind.id] = kind
    if scheme is None:
        if SCHEME_FILE not in country.files:
            findings.add(node.place, f"the country has vouchers but no {SCHEME_FILE}", mend="Write it.")
        return None
    return Vouchers(scheme, MappingProxyType(dict(sorted(kinds.items()))))


def _check_scheme(scheme: Scheme, country: Country, findings: Findings) -> None:
    for shop in scheme.shops.values():
        _check_known(shop.area, list(country.areas), "area", findings)
        _check_known(shop.language, list(country.languages), "language", findings)
    for name in ("undo_minutes", "pin_tries", "contest_days"):
        if getattr(scheme, name) < 1:
            findings.add(scheme.place, f"{name!r} must be 1 or more", found=str(getattr(scheme, name)))
    if scheme.settle_days < 0:
        findings.add(scheme.place, "'settle_days' cannot be below 0", found=str(scheme.settle_days))


def _check_known(written: Written, known: list[str], what: str, findings: Findings) -> None:
    if written.text not in known:
        findings.add(written.place, f"unknown {what} {written.text!r}", mend=files.nearest(written.text, known))


def _check_kind(kind: VoucherKind, scheme: Scheme, findings: Findings) -> None:
    groups = {group.text for shop in scheme.shops.values() for group in shop.groups}
    for written in kind.shops:
        _check_known(written, [*scheme.shops, *sorted(groups)], "shop or group of shops", findings)
    for written in kind.agencies:
        _check_known(written, list(scheme.agencies), "agency", findings)
    if kind.expires_days < 1:
        findings.add(kind.place, "a voucher must be valid for a day or more", found=str(kind.expires_days))
    if kind.measure == "goods" and kind.unit is None:
        findings.add(kind.place, "goods are counted in something", mend="Write unit: {en: kg, ...}.")
    if not 0 <= kind.digits <= 3:
        findings.add(kind.place, "an amount has 0 to 3 decimals", found=str(kind.digits))
    if not kind.prove:
        findings.add(kind.place, "nothing proves who the holder is", mend="Write prove: [pin].")
    _check_amounts(kind, findings)


def _check_amounts(kind: VoucherKind, findings: Findings) -> None:
    amounts: list[tuple[str, Decimal]] = [("cap", kind.cap.amount)]
    for rule in (kind.reserved, kind.bounded):
        if rule is None:
            continue
        amounts.append(("person", rule.person))
        if rule.days < 1 or rule.sync_days < 0:
            findings.add(kind.place, "an offline permit is valid for a day or more", found=str(rule.days))
    if kind.bounded is not None:
        amounts.append(("device", kind.bounded.device))
        if kind.bounded.device < kind.bounded.person:
            findings.add(kind.place, "a device's cap is below one person's", mend="Let device be person or more.")
    for name, amount in amounts:
        try:
            fits = kind.minor(amount) > 0
        except ValueError:
            fits = False
        if not fits:
            expected = f"an amount above 0 with at most {kind.places} decimals"
            findings.add(kind.place, f"{name!r} is no amount of this kind", expected=expected, found=str(amount))
