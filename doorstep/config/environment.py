"""Every environment setting, declared once: its name, what it is when absent, and what it means.

The reference page ``docs/reference/settings.md`` is made from this table (see ``reference.py``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from doorstep.kit.errors import DoorstepError


@dataclass(frozen=True)
class Setting:
    """One environment variable that Doorstep reads."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        "DATABASE_URL",
        "",
        "The PostgreSQL server to use, as `postgresql://user:password@host:5432/name`. "
        "Empty: a server of our own starts when it is needed and stops with the last command that uses it.",
    ),
    Setting("DOORSTEP_COUNTRY", "countries/demo", "The folder of the country's files."),
    Setting(
        "DOORSTEP_VAR",
        "var",
        "The folder for what is made while running: secret key, embedded database, the demo's inputs and outputs.",
    ),
    Setting("DOORSTEP_HOST", "127.0.0.1", "The address that the web server listens on."),
    Setting("DOORSTEP_PORT", "8000", "The port that the web server listens on. When taken, the next free one is used."),
    Setting(
        "DOORSTEP_URL",
        "",
        "The public address, such as `https://services.gov.example`. With `https`, cookies are sent over "
        "https only and browsers are told to stay on https (HSTS). Empty: this machine only.",
    ),
    Setting(
        "DOORSTEP_BEHIND_PROXY",
        "no",
        "`yes` when a reverse proxy sets `X-Forwarded-Proto` itself and appends the visitor's address to "
        "`X-Forwarded-For`; only then are these headers believed.",
    ),
    Setting(
        "DOORSTEP_SECRET_KEY",
        "",
        "The key that signs cookies and links. Empty: made on the first run and kept in `secret_key` in the folder "
        "`DOORSTEP_VAR`, readable by its owner alone. Give all processes of one site the same key.",
    ),
    Setting(
        "DOORSTEP_VOUCHER_KEY",
        "",
        "The secret of the voucher scheme: pseudonyms, PINs and the signature on cards come from it. Empty: made "
        "on the first run and kept in `voucher_key` in the folder `DOORSTEP_VAR`. Back it up: without it every card "
        "and every pseudonym is lost. It never changes while the scheme runs.",
    ),
    Setting(
        "DOORSTEP_DATA_KEY",
        "",
        "The secret under which people's data are sealed in the database, 32 characters or more. Empty: made on the "
        "first run and kept in `data_key` in the folder `DOORSTEP_VAR`. Back it up apart from the database: without it "
        "nobody's record can be read.",
    ),
    Setting(
        "DOORSTEP_OLD_DATA_KEYS",
        "",
        "Earlier data keys, with spaces between: what was sealed under them still opens. `doorstep people reseal` "
        "seals everything under the key in use, and then they can go.",
    ),
    Setting(
        "DOORSTEP_ENGINE",
        "duckdb",
        "What decides everybody: `duckdb`, within the process that runs, or `spark`, for registers that one machine "
        "cannot hold. The answers are the same. `spark` needs Java 17 and `pip install 'doorstep[spark]'`.",
    ),
    Setting(
        "DOORSTEP_SPARK_MASTER",
        "local[*]",
        "Where Spark works: `spark://host:7077`, `yarn`, or `local[*]` for this machine alone.",
    ),
    Setting(
        "DOORSTEP_SPARK_MEMORY",
        "2g",
        "How much memory Spark's driver and each of its executors may use, such as `800m` or `4g`.",
    ),
    Setting(
        "DOORSTEP_SPARK_FOLDER",
        "",
        "A folder that this machine and all of Spark's see under one name; registers travel through it and are removed "
        "afterwards. Empty: a temporary folder of this machine, which serves a `local` master.",
    ),
    Setting(
        "DOORSTEP_OUTBOX",
        "",
        "Where the messages of each lane of the outbox go, as `LANE=ADDRESS LANE=ADDRESS`. An address is a folder, in "
        "which `LANE.jsonl` gets a line a message, or `https://...` (`http` on this machine only), which gets each by "
        "POST with its key as `Idempotency-Key`. Empty: messages wait. `doorstep outbox send` sends.",
    ),
    Setting(
        "DOORSTEP_LOG_KEY",
        "",
        "The file of the keys that sign the evidence log. Empty: `log_key` in the folder `DOORSTEP_VAR`, made by the "
        "first `doorstep log` and readable by its owner alone. Keep a copy: who loses it must begin a new log.",
    ),
    Setting(
        "DOORSTEP_LOG_NAME",
        "",
        "The name of the evidence log, such as `services.gov.example/log`; it never changes once the log has begun. "
        "Empty: the host of `DOORSTEP_URL`, or `localhost`, and `/log`.",
    ),
    Setting(
        "DOORSTEP_WITNESSES",
        "",
        "The witnesses that cosign the evidence log, each as its key, `@` and its address, with spaces between: "
        "`audit.example+1a2b3c4d+BA...@https://audit.example/witness`. Empty: none.",
    ),
    Setting(
        "DOORSTEP_WITNESSES_NEEDED",
        "",
        "How many of the witnesses must have cosigned before a checkpoint of the log is published. Empty: more "
        "than half.",
    ),
    Setting(
        "DOORSTEP_WITHOUT_WITNESSES",
        "go on",
        "What happens while too few witnesses answer: `go on` (acts are done and their receipts wait) or `stop` (after "
        "`DOORSTEP_WITNESS_PATIENCE` minutes nothing more is done that needs a receipt). Pages say so either way.",
    ),
    Setting("DOORSTEP_WITNESS_PATIENCE", "10", "After how many minutes without enough witnesses the service stops."),
    Setting(
        "DOORSTEP_ANCHOR_URL",
        "",
        "The JSON-RPC address of a node of an EVM chain to which the log's checkpoints are written, such as "
        "`https://rpc.example`. Needs `pip install 'doorstep[anchor]'`. Empty: nothing is anchored.",
    ),
    Setting("DOORSTEP_ANCHOR_CHAIN", "", "The number of that chain (its chain id); a node of another one is refused."),
    Setting(
        "DOORSTEP_ANCHOR_KEY",
        "",
        "The file of the secret key of the account that pays for anchors, 64 hexadecimal digits; use the account for "
        "nothing else. Empty: `anchor_key` in the folder `DOORSTEP_VAR`, made by the first `doorstep log anchor`.",
    ),
    Setting("DOORSTEP_ANCHOR_MINUTES", "60", "How often `doorstep work` anchors, if the log has grown."),
    Setting(
        "DOORSTEP_ANCHOR_EXPLORER",
        "",
        "Where a block explorer shows a transaction: an address that is completed by its hash, such as "
        "`https://explorer.example/tx/`. The page of the log links to it. Empty: no link.",
    ),
    Setting(
        "DOORSTEP_MOBILE_MONEY",
        "",
        "Which kind of provider pays to telephone numbers: `gsma`, the GSMA's Mobile Money API. Empty: none.",
    ),
    Setting("DOORSTEP_MOBILE_MONEY_URL", "", "The provider's base address, such as `https://provider.example/mm/1.2`."),
    Setting("DOORSTEP_MOBILE_MONEY_KEY", "", "The key that names us to the provider, sent as `X-API-Key`."),
    Setting(
        "DOORSTEP_MOBILE_MONEY_SECRET",
        "",
        "The secret with which the provider signs its callbacks (HMAC-SHA256 over the raw body, in `X-Signature`). "
        "Two by comma while one replaces the other. Callbacks come to `/api/callbacks/mobile-money` of `DOORSTEP_URL`.",
    ),
    Setting(
        "DOORSTEP_DEBUG", "no", "`yes` shows the details of errors on pages. Never on a machine that others reach."
    ),
    Setting("DOORSTEP_WORKERS", "2", "How many web processes answer."),
    Setting("DOORSTEP_THREADS", "4", "How many threads each web process has."),
    Setting("DOORSTEP_LOG_LEVEL", "INFO", "How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`."),
)
BASE = Path(__file__).resolve().parents[2]
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def text(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The value of a declared setting, or its default."""
    return environ.get(name, "").strip() or _BY_NAME[name].default


def number(name: str, environ: Mapping[str, str] = os.environ) -> int:
    """A whole number of at least 1."""
    value = text(name, environ)
    if not value.isdecimal() or int(value) < 1:
        raise DoorstepError(f"The setting {name} is {value!r}.", mend="Give it a whole number of at least 1.")
    return int(value)


def flag(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Yes or no."""
    value = text(name, environ)
    if value.lower() not in _YES:
        raise DoorstepError(f"The setting {name} is {value!r}.", mend="Give it yes or no.")
    return _YES[value.lower()]


def folder(name: str, environ: Mapping[str, str] = os.environ) -> Path:
    """A folder; a relative one counts from the folder that holds the package."""
    return BASE / text(name, environ)
