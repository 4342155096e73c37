"""``python -m doorstep.domains.country.drawing FOLDER --seed N``: writes areas.yaml and map.geojson."""

from __future__ import annotations

import argparse
from pathlib import Path

from doorstep.domains.country.drawing.writing import draw_country

parser = argparse.ArgumentParser(prog="python -m doorstep.domains.country.drawing", description=__doc__)
parser.add_argument("folder", type=Path, help="where to write areas.yaml and map.geojson")
parser.add_argument("--seed", type=int, default=41, help="another number draws another country (default: 41)")
chosen = parser.parse_args()
areas, drawn = draw_country(seed=chosen.seed)
chosen.folder.mkdir(parents=True, exist_ok=True)
(chosen.folder / "areas.yaml").write_text(areas, encoding="utf-8")
(chosen.folder / "map.geojson").write_text(drawn, encoding="utf-8")
print(f"Wrote areas.yaml and map.geojson to {chosen.folder}.")
