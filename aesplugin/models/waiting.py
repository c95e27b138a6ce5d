"""How torch's threads wait for each other."""

import os


def sleep_while_waiting() -> None:
    """Lets torch's threads sleep where they would wait in a loop; to be called before torch loads.

    Looping threads take the cores from the decoding processes, and each other's: with one busy
    neighbour on two cores `score --model mini` took up to five times as long (docs/performance.md).
    What the user set stands.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
