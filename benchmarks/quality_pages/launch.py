"""Runs a command and writes what it took: seconds of CPU, and bytes of its largest process.

    python -S launch.py FIGURES COMMAND...

Its own small process stands between, because a child's peak counts from the parent's size.
"""

import os
import sys

if __name__ == "__main__":
    figures, *command = sys.argv[1:]
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    with open(figures, "w") as file:
        print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, file=file)
    sys.exit(os.waitstatus_to_exitcode(status))
