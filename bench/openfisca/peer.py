"""What OpenFisca does, run by the Python of its own environment: ``python peer.py TASK`` where the task is JSON.

It uses OpenFisca as its documentation shows: a simulation of arrays for many, a situation in JSON for one household.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import sys
import time
from typing import Any

Task = dict[str, Any]


def columns(sql: str) -> dict[str, Any]:
    """The columns of a Parquet file as arrays, read by the same reader as ours."""
    import duckdb

    return duckdb.connect(config={"threads": 2}).execute(sql).fetchnumpy()


def simulation(system: Any, persons: Any, households: Any = None) -> Any:
    """Persons in their households, without a value yet. ``persons`` has ``home`` (0 ...) and ``role`` (0, 1)."""
    import numpy
    from openfisca_core.simulations import SimulationBuilder

    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", numpy.arange(len(next(iter(persons.values())))))
    if households is not None:
        home = builder.declare_entity("household", numpy.arange(len(next(iter(households.values())))))
        builder.join_with_persons(home, persons["home"], roles=persons["role"])
    return builder.build(system)


# ---------------------------------------------------------------------- the country template


def exact_floats() -> None:
    """Let it calculate in 64 bits instead of 32, to tell its rounding from other differences."""
    import numpy
    from openfisca_core.variables import config

    config.VALUE_TYPES[float]["dtype"] = numpy.float64


def country(task: Task) -> Task:
    """Every asked variable of the country template for everybody; results as Parquet."""
    if task.get("exact"):
        exact_floats()
    from openfisca_country_template import CountryTaxBenefitSystem

    system = CountryTaxBenefitSystem()

    def work() -> Task:
        folder, month = task["folder"], task["month"]
        persons = columns(
            "SELECT CAST(household AS INTEGER) AS home, CAST(role = 'child' AS INTEGER) AS role, birth, "
            "CAST(salary AS DOUBLE) AS salary, CAST(capital_returns AS DOUBLE) AS capital_returns "
            f"FROM read_parquet('{folder}/persons.parquet')"
        )
        households = columns(
            "SELECT CAST(accommodation_size AS DOUBLE) AS accommodation_size, CAST(rent AS DOUBLE) AS rent, "
            "list_position(['owner', 'tenant', 'free_lodger', 'homeless'], housing_occupancy_status) - 1 AS status "
            f"FROM read_parquet('{folder}/households.parquet')"
        )
        made = simulation(system, persons, households)
        made.set_input("birth", "ETERNITY", persons["birth"].astype("datetime64[D]"))
        for name in ("salary", "capital_returns"):
            made.set_input(name, month, persons[name])
        for name in ("accommodation_size", "rent"):
            made.set_input(name, month, households[name])
        made.set_input("housing_occupancy_status", month, households["status"].astype("int16"))
        found = {
            entity: {name: made.calculate(name, task["yearly"].get(name, month)) for name in names}
            for entity, names in task["outputs"].items()
        }
        for entity, values in found.items():
            write(values, task["out"], entity)
        return {"rows": made.persons.count}

    return measured(work)


def write(values_: Task, folder: str, entity: str) -> None:
    """Arrays to a Parquet file, in the order of the rows."""
    import duckdb

    # DuckDB reads the arrays of a dictionary by the name of the variable that holds it.
    duckdb.connect(config={"threads": 2}).execute(f"COPY (SELECT * FROM values_) TO '{folder}/{entity}s.parquet'")


# ---------------------------------------------------------------------- invented models


def model(task: Task) -> Task:
    """The goal of an invented model for everybody, and with it every variable that it needs."""
    sys.setrecursionlimit(100_000)
    with open(task["model"], encoding="utf-8") as file:
        asked = json.load(file)
    system = model_system(asked)
    folder, goal = task["folder"], asked["goal"]

    def work() -> Task:
        households = None
        person = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in asked["columns"]["person"])
        home = ", CAST(household AS INTEGER) AS home, 0 AS role" if "household" in asked["columns"] else ""
        persons = columns(f"SELECT {person}{home} FROM read_parquet('{folder}/persons.parquet')")
        if "household" in asked["columns"]:
            names = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in asked["columns"]["household"])
            households = columns(f"SELECT {names} FROM read_parquet('{folder}/households.parquet')")
        made = simulation(system, persons, households)
        for entity, rows in (("person", persons), ("household", households)):
            for name in asked["columns"].get(entity, ()):
                made.set_input(name, "2026-01", rows[name])
        entity = asked["lines"][-1]["entity"]
        values = made.calculate(goal, "2026-01")
        write({"goal": values}, task["out"], entity)
        return {"rows": made.persons.count, "goal_sum": float(values.sum(dtype="float64"))}

    return measured(work)


def model_system(asked: Task) -> Any:
    """The tax and benefit system of an invented model."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="", is_person=True)
    household = build_entity(key="household", plural="households", label="", roles=[{"key": "member"}])
    entities = {"person": person, "household": household}
    system = TaxBenefitSystem([person, household])
    for entity, names in asked["columns"].items():
        for name in names:
            system.add_variable(plain(name, entities[entity], Variable, MONTH))
    for line in asked["lines"]:
        made = plain(line["name"], entities[line["entity"]], Variable, MONTH, formula_of(line))
        system.add_variable(made)
    return system


def plain(name: str, entity: Any, base: type, month: Any, formula: Any = None) -> type:
    """One variable's class."""
    body = {"value_type": float, "entity": entity, "definition_period": month, "label": name}
    return type(name, (base,), body | ({"formula": formula} if formula else {}))


def formula_of(line: Task) -> Any:
    """A formula as an author of OpenFisca writes it: it asks for the values that it needs, and works on arrays."""
    import numpy

    if line["kind"] == "sum":
        return lambda household, period: household.sum(household.members(line["a"], period))
    space = {"maximum": numpy.maximum, "minimum": numpy.minimum, "where": numpy.where}
    work = eval(f"lambda a, b: {line['numpy']}", space)
    if line["of_household"]:
        return lambda person, period: work(person(line["a"], period), person.household(line["b"], period))
    return lambda entity, period: work(entity(line["a"], period), entity(line["b"], period))


# ---------------------------------------------------------------------- one household


def household(task: Task) -> Task:
    """One household again and again, in process, with the whole trace: microseconds of each."""
    from openfisca_core.simulations import SimulationBuilder

    if task.get("model"):
        sys.setrecursionlimit(100_000)
        with open(task["model"], encoding="utf-8") as file:
            system = model_system(json.load(file))
    else:
        from openfisca_country_template import CountryTaxBenefitSystem

        system = CountryTaxBenefitSystem()
    spent, found = [], {}
    for _ in range(task["repeats"]):
        start = time.perf_counter_ns()
        made = SimulationBuilder().build_from_entities(system, task["situation"])
        made.trace = True
        found = {name: made.calculate(name, task["month"]).tolist() for name in task["asked"]}
        made.tracer.get_serialized_flat_trace()
        spent.append((time.perf_counter_ns() - start) / 1000)
    return {"p50_microseconds": round(statistics.median(spent), 1), "values": found}


def measured(work: Any) -> Task:
    """The same measure as of ours: wall and processor seconds, and the most memory that the process ever had."""
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, worked = time.perf_counter(), time.process_time()
    found = work()
    return {
        "seconds": round(time.perf_counter() - start, 3),
        "processor_seconds": round(time.process_time() - worked, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "before_mb": round(before),
        **found,
    }


if __name__ == "__main__":
    task = json.loads(sys.argv[1])
    print(json.dumps({"country": country, "model": model, "household": household}[task["job"]](task)))
