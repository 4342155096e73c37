"""How long a law of 500 variables takes from its text to the SQL of two engines and to Python.

    python bench/compile_rules.py [--variables 500] [--rounds 5]

No peer: OpenFisca's formulas are Python already. Each round reads the rules file anew; the second dialect is Spark's.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.openfisca import environment as beside  # noqa: E402 - found from the checkout, wherever it stands
from bench.openfisca import model as models  # noqa: E402

AS_OF = date(2026, 1, 1)


def compiled(variables: int) -> dict[str, Any]:
    """Seconds of processor time of each stage, in this process."""
    from bench.openfisca import rules
    from doorstep.engines.feel.api import SPARK
    from doorstep.engines.rules.api import ask_nation, compile_one

    model = models.wide(variables)
    entity = model.lines[-1].entity
    laps = [time.process_time()]
    known = rules.ruleset(models.registers(model), [models.rules_file(model)])
    laps.append(time.process_time())
    nation = ask_nation(known, entity=entity, outputs={"goal": model.goal}, as_of=AS_OF)
    laps.append(time.process_time())
    spark = ask_nation(known, entity=entity, outputs={"goal": model.goal}, as_of=AS_OF, dialect=SPARK)
    laps.append(time.process_time())
    compile_one(known, entity=entity, goal=model.goal, as_of=AS_OF)
    laps.append(time.process_time())
    names = ("reading", "duckdb", "spark", "python")
    spent = {name: after - before for name, before, after in zip(names, laps, laps[1:], strict=False)}
    return {**spent, "variables": len(model.lines), "steps": len(nation.steps) + len(spark.steps)}


def main() -> int:
    """Measure and print."""
    parser = beside.options("From rules to SQL.", variables=500)
    parser.set_defaults(rounds=5)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(compiled(**json.loads(chosen.only))))
        return 0
    runs = [beside.ours(__file__, {"variables": chosen.variables}) for _ in range(chosen.rounds)]
    result = {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}
    result["two_dialects"] = round(result["duckdb"] + result["spark"], 3)
    print(f"{result['variables']:,} variables, processor seconds: {result}")
    beside.report("compile_rules", result, chosen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
