"""``python -m docs.tools.pictures``."""

import sys

from docs.tools.pictures import main

main(sys.argv[1:])
