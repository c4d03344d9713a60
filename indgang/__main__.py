"""`python -m indgang` is the command `indgang`."""

import sys

from indgang.cli import main

sys.exit(main())
