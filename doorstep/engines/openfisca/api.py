"""The door: OpenFisca's parameters as a rules file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from doorstep.engines.openfisca.carrying import carry
from doorstep.engines.openfisca.folder import found_in
from doorstep.engines.openfisca.types import Carried, Imported, Remark
from doorstep.engines.openfisca.writing import rules_text
from doorstep.engines.rules.api import read_rules
from doorstep.kit.files import read_yaml

__all__ = ["Carried", "Imported", "Remark", "import_parameters"]


def import_parameters(
    *, folder: Path, rules: str, prefix: str = "", language: str = "en", languages: Sequence[str] = (), currency: str
) -> Imported:
    """Read OpenFisca's folder ``parameters`` and write it as the rules file named ``rules``.

    A parameter at ``taxes/housing_tax.yaml``, ``rate`` becomes ``<prefix>taxes_housing_tax_rate``. ``language`` is the
    one that its descriptions are written in; what lacks words in another of ``languages`` is remarked. ``currency`` is
    the country's: units in it are money. Raises ``DoorstepError`` where the folder is none or holds no YAML.
    """
    sources, remarks = found_in(folder)
    carried: dict[str, Carried] = {}
    for source in sources:
        found, told = carry(source, prefix=prefix, currency=currency)
        remarks += told
        if found is None:
            continue
        if found.name in carried:
            remarks.append(
                Remark(source.path, f"its name {found.name} is that of {carried[found.name].path}", lost=True)
            )
            continue
        carried[found.name] = found
    missing = [other for other in languages if other != language]
    if missing and carried:
        words = f"{len(carried)} labels have words in {language!r} only; `doorstep check` names each that is missing"
        remarks.append(Remark("labels", words))
    text = rules_text(rules, carried.values(), language=language, source=folder.name, missing=missing)
    read_rules([read_yaml(text, file=rules)], registers={}, languages=(language,), currency=currency)
    return Imported(text=text, carried=tuple(carried.values()), remarks=tuple(remarks))
