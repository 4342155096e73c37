"""``python -m doorstep.config.cli``, where the command is not on the path."""

import sys

from doorstep.config.cli import main

sys.exit(main())
