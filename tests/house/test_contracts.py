"""Imports go down only, through the doors; and nothing escapes a contract."""

from importlinter import api
from importlinter.application.use_cases import lint_imports

from tests.house.tree import ROOT


def test_contracts_are_kept(capsys):
    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert kept, capsys.readouterr().out


def test_every_floor_has_a_contract_that_is_exhaustive():
    contracts = api.read_configuration(config_filename=str(ROOT / "pyproject.toml"))["contracts_options"]
    exhaustive = {
        container
        for contract in contracts
        if contract["type"] == "layers" and str(contract.get("exhaustive")).lower() == "true"
        for container in contract["containers"]
    }
    assert exhaustive == {"doorstep", "doorstep.engines", "doorstep.domains", "doorstep.channels"}
