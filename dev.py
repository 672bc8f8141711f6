"""The developer's door: `python3 dev.py setup | run | test | lock`. Standard library only.

This file alone is written so that even an old Python can read it and say what it lacks.
"""

import sys

if sys.version_info < (3, 8):
    sys.exit(
        "dev.py needs Python 3.8 or newer to start; this is Python %d.%d.\n"
        "Install Python 3.11, for example from your distribution or python.org, and run: python3.11 dev.py"
        % sys.version_info[:2]
    )

from installers.dev.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
