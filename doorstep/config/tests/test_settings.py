"""Settings come from the environment, and every answer carries the safe headers."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from doorstep.config import engine, environment
from doorstep.config.environment import SETTINGS
from doorstep.engines.dataflow.api import Spark
from doorstep.kit.errors import DoorstepError


def settings_with(tmp_path, *names, **environ):
    """The values of some settings in a fresh process with this environment."""
    code = (
        "import json, sys; from doorstep.config import settings as s\n"
        "print(json.dumps({n: getattr(s, n) for n in sys.argv[1:]}, default=str))"
    )
    declared = {setting.name for setting in SETTINGS}
    clean = {name: value for name, value in os.environ.items() if name not in declared}
    done = subprocess.run(
        [sys.executable, "-c", code, *names],
        env={**clean, "DOORSTEP_VAR": str(tmp_path / "var"), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_plain_defaults(tmp_path):
    names = ("DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER")
    found = settings_with(tmp_path, *names)
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "SESSION_COOKIE_SECURE": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_PROXY_SSL_HEADER": None,
    }


def test_https(tmp_path):
    names = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    found = settings_with(tmp_path, *names, "SECURE_HSTS_SECONDS", DOORSTEP_URL="https://services.gov.example")
    assert found["ALLOWED_HOSTS"] == ["services.gov.example"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://services.gov.example"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_database_url(tmp_path):
    url = "postgresql://someone:p%40ss@db.example:5433/services?sslmode=require"
    found = settings_with(tmp_path, "DATABASES", DATABASE_URL=url)["DATABASES"]["default"]
    wanted = {"NAME": "services", "USER": "someone", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    assert wanted.items() <= found.items()
    assert found["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://host", "nonsense"])
def test_only_postgresql(tmp_path, url):
    assert "does not name a PostgreSQL database" in settings_with(tmp_path, "DATABASES", DATABASE_URL=url)


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path):
    first = settings_with(tmp_path, "SECRET_KEY")
    file = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    assert settings_with(tmp_path, "SECRET_KEY") == first
    assert settings_with(tmp_path, "SECRET_KEY", DOORSTEP_SECRET_KEY="given") == {"SECRET_KEY": "given"}


def test_languages_come_from_the_country(tmp_path):
    (tmp_path / "country.yaml").write_text("languages: [bn, ar, nonsense]\n")
    names = ("LANGUAGES", "LANGUAGE_CODE", "LANGUAGES_BIDI")
    found = settings_with(tmp_path, *names, DOORSTEP_COUNTRY=str(tmp_path))
    assert found == {
        "LANGUAGES": [["bn", "বাংলা"], ["ar", "العربية"]],
        "LANGUAGE_CODE": "bn",
        "LANGUAGES_BIDI": ["ar"],
    }


def test_a_broken_country_falls_back_to_english(tmp_path):
    (tmp_path / "country.yaml").write_text("languages: [\n")
    assert settings_with(tmp_path, "LANGUAGE_CODE", DOORSTEP_COUNTRY=str(tmp_path)) == {"LANGUAGE_CODE": "en"}


def test_a_setting_that_makes_no_sense():
    with pytest.raises(DoorstepError, match="DOORSTEP_PORT"):
        environment.number("DOORSTEP_PORT", {"DOORSTEP_PORT": "http"})
    with pytest.raises(DoorstepError, match="DOORSTEP_DEBUG"):
        environment.flag("DOORSTEP_DEBUG", {"DOORSTEP_DEBUG": "perhaps"})
    assert environment.flag("DOORSTEP_DEBUG", {"DOORSTEP_DEBUG": "Yes"})


def test_duckdb_decides_unless_spark_is_chosen():
    assert engine.spark({}) is None
    assert engine.spark({"DOORSTEP_ENGINE": "DuckDB"}) is None
    chosen = {"DOORSTEP_ENGINE": "spark"}
    assert engine.spark(chosen) == Spark(master="local[*]", memory="2g", folder=None)
    cluster = {**chosen, "DOORSTEP_SPARK_MASTER": "spark://host:7077", "DOORSTEP_SPARK_FOLDER": "/shared"}
    assert engine.spark(cluster) == Spark(master="spark://host:7077", memory="2g", folder=Path("/shared"))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"DOORSTEP_ENGINE": "sparks"}, "Give it duckdb or spark"),
        ({"DOORSTEP_SPARK_MASTER": "spark://host:7077"}, "DOORSTEP_SPARK_FOLDER is empty"),
        ({"DOORSTEP_SPARK_MEMORY": "much"}, "Give it 512m or more"),
        ({"DOORSTEP_SPARK_MEMORY": "100m"}, "Give it 512m or more"),
    ],
)
def test_an_engine_that_cannot_be(environ, words):
    with pytest.raises(DoorstepError, match=words):
        engine.spark({"DOORSTEP_ENGINE": "spark", **environ})


@pytest.mark.django_db
def test_safe_headers(client):
    response = client.get("/healthz")
    assert response.content == b"ok\n"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_an_unknown_host_is_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
