"""The peer's side of ``linkage.py``: Splink on FEBRL's files, with its library's comparisons and its own estimation.

Runs in the peer's environment; prints one line of JSON. The threshold is a match probability of one half.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def read(file):
    table = pd.read_csv(file, skipinitialspace=True, dtype=str)
    table.columns = [name.strip() for name in table.columns]
    return table.apply(lambda column: column.str.strip())


def run(tables, kind):
    rules = [
        block_on("soc_sec_id"), block_on("given_name", "surname"), block_on("date_of_birth"),
        block_on("surname", "postcode"), block_on("given_name", "postcode"), block_on("street_number", "address_1"),
    ]  # fmt: skip
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type=kind,
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.NameComparison("given_name"), cl.NameComparison("surname"), cl.ExactMatch("street_number"),
            cl.LevenshteinAtThresholds("address_1"), cl.LevenshteinAtThresholds("suburb"),
            cl.LevenshteinAtThresholds("postcode"), cl.ExactMatch("state"),
            cl.LevenshteinAtThresholds("date_of_birth"), cl.LevenshteinAtThresholds("soc_sec_id"),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    began = time.perf_counter()
    try:
        linker = Linker([api.register(table) for table in tables], settings)
    except (AttributeError, TypeError):
        linker = Linker(tables, settings, api)
    train = linker.training
    train.estimate_probability_two_random_records_match(rules[:2], recall=0.9)
    train.estimate_u_using_random_sampling(max_pairs=1e6)
    train.estimate_parameters_using_expectation_maximisation(block_on("soc_sec_id"))
    train.estimate_parameters_using_expectation_maximisation(block_on("given_name", "surname"))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    seconds = time.perf_counter() - began
    pairs = {tuple(sorted(pair)) for pair in zip(found["rec_id_l"], found["rec_id_r"], strict=True)}
    ids = [list(table["rec_id"]) for table in tables]
    group = {}
    for side, names in enumerate(ids):
        for name in names:
            group.setdefault(name.split("-")[1], []).append((side, name))
    truth = {
        tuple(sorted((one, other)))
        for members in group.values()
        for side, one in members
        for beside, other in members
        if one != other and (kind == "dedupe_only" or side != beside)
    }
    right = len(pairs & truth)
    return {
        "seconds": round(seconds, 2),
        "pairs": len(pairs),
        "precision": round(right / max(len(pairs), 1), 5),
        "recall": round(right / len(truth), 5),
        "f1": round(2 * right / (len(pairs) + len(truth)), 5),
    }


folder = Path(sys.argv[1])
print(
    json.dumps(
        {
            "dedupe 3": run([read(folder / "dataset3.csv")], "dedupe_only"),
            "link 4": run([read(folder / "dataset4a.csv"), read(folder / "dataset4b.csv")], "link_only"),
        }
    )
)
