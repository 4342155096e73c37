"""The door of DMN: files read and checked, imported into a country's rules and exported from them, and the suite."""

from doorstep.engines.dmn.checks import Report, check_model
from doorstep.engines.dmn.deciding import Decider
from doorstep.engines.dmn.importing import Imported, import_model
from doorstep.engines.dmn.limits import BOXES, FUNCTIONS, OTHERS, TYPES
from doorstep.engines.dmn.reading import VERSIONS, read_model
from doorstep.engines.dmn.results import results_csv, results_page, sums
from doorstep.engines.dmn.suite import Outcome, run_suite
from doorstep.engines.dmn.translating import every_decision
from doorstep.engines.dmn.types import Model
from doorstep.engines.dmn.writing import export_rules

__all__ = [
    "BOXES",
    "FUNCTIONS",
    "OTHERS",
    "TYPES",
    "VERSIONS",
    "Decider",
    "Imported",
    "Model",
    "Outcome",
    "Report",
    "check_model",
    "every_decision",
    "export_rules",
    "import_model",
    "read_model",
    "results_csv",
    "results_page",
    "run_suite",
    "sums",
]
