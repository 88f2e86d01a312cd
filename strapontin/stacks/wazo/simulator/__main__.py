"""``python -m strapontin.stacks.wazo.simulator``: the same as ``strapontin stack-simulator``."""

import sys

from strapontin.stacks.wazo.simulator.main import main

sys.exit(main(sys.argv[1:]))
