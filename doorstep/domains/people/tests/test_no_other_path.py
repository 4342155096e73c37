"""Nobody's data can be read past the door: not by another package, not by raw SQL, not by Django's admin."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

HOUSE = Path(__file__).parents[3]
PEOPLE = HOUSE / "domains" / "people"
OPENS = {"opened_category", "opened_text", "open"}
MAY_OPEN = {"access.py", "vaulting.py", "resealing.py", "retention.py", "rights.py", "enrolling.py"}
"""``access`` opens for readers, having noted them. The others show nothing to anybody: they seal anew, compare with an
empty value, or open what the person alone reads. Each is looked at here by name."""


def sources():
    return [path for path in HOUSE.rglob("*.py") if "tests" not in path.parts and "migrations" not in path.parts]


def test_only_named_modules_open_what_is_sealed():
    opening = set()
    for path in PEOPLE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in OPENS and "vault" in ast.unparse(node.value):
                opening.add(path.name)
    assert opening <= MAY_OPEN
    assert "access.py" in opening


def test_the_rows_of_people_are_imported_by_their_own_package_alone():
    foreign = [
        path.relative_to(HOUSE)
        for path in sources()
        if PEOPLE not in path.parents
        and re.search(r"people\.(models|access|vaulting|keeping|searching)\b", path.read_text())
    ]
    assert foreign == []


def test_no_raw_sql_names_a_table_of_people():
    tables = [model._meta.db_table for model in apps.get_app_config("people").get_models()]
    assert "people_person" in tables
    pattern = re.compile("|".join(rf"\b{table}\b" for table in tables))
    files = [*sources(), *HOUSE.rglob("*.sql")]
    assert [path.relative_to(HOUSE) for path in files if pattern.search(path.read_text())] == []


def test_there_is_no_admin_and_no_other_way_to_reach_models_by_name():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    reaching = re.compile(r"get_model\(|apps\.get_models\(|_base_manager|contenttypes")
    found = {path.relative_to(HOUSE) for path in sources() if reaching.search(path.read_text())}
    assert found <= {Path("config/settings.py"), Path("config/retention.py")}  # they name Django's app, no more


def test_every_view_of_a_person_is_made_after_a_look_was_noted():
    """In each function that calls ``access.view`` a look is noted before, or it shows the view to nobody."""
    silent = {"record_death": "compares days", "_check_introducer": "its look is noted above it"}
    for path in PEOPLE.glob("*.py"):
        if path.name == "access.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                text = ast.unparse(node)
                if "access.view(" in text and node.name not in silent:
                    assert "access.note(" in text, f"{path.name}: {node.name}"
                    assert text.index("access.note(") < text.index("access.view("), f"{path.name}: {node.name}"
