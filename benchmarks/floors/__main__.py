"""Every figure beside its floor: `make floors`. Exit status 1 when one is missed."""

from __future__ import annotations

import sys

from floors.ledger import floors
from floors.measures import NoData, measure


def main() -> None:
    missed = 0
    for floor in floors():
        if sys.argv[1:] and str(floor) not in sys.argv[1:] and floor.kind not in sys.argv[1:]:
            continue
        try:
            figures = measure(floor)
        except NoData as why:
            print(why)
            continue
        print("\n".join(floor.told(figures)), flush=True)
        missed += len(floor.missed(figures))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
