"""``python -m ivisit`` is the same as ``ivisit``."""

import sys

from ivisit.cli import main

sys.exit(main())
