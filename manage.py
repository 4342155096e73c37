#!/usr/bin/env python3
"""Django's own commands (makemigrations, shell), with the database running."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.config.settings")

if __name__ == "__main__":
    from django.conf import settings

    from doorstep.config.postgres import database

    with database(settings.VAR):
        execute_from_command_line(sys.argv)
