"""The bank, as far as we see it: slow now and then, strict, and with few lines for us.

It is simulated here. How slow it is lies in Redis, so that all replicas have the same bank: `PUT /bank {"ms": 1500}`.
"""

import random
import threading
import time

CONNECTIONS = 3
WAIT_SECONDS = 4.0
LONGEST_SECONDS = 30.0
SPREAD = 0.35  # of the logarithm: now and then a charge takes twice as long as usual


class BankBusy(Exception):
    pass


class Declined(Exception):
    pass


DECLINES = {"0002": ("card_declined", "the bank declined this card"), "9995": ("insufficient_funds", "not enough money on this card")}

lines = threading.BoundedSemaphore(CONNECTIONS)


def charge(card, typical_ms):
    """Returns when the bank has taken the money. Raises Declined, or BankBusy when no line was free in time."""
    if not lines.acquire(timeout=WAIT_SECONDS):
        raise BankBusy(f"no connection to the bank within {WAIT_SECONDS:g} s")
    try:
        time.sleep(min(typical_ms / 1000 * random.lognormvariate(0, SPREAD), LONGEST_SECONDS))
    finally:
        lines.release()
    if card[-4:] in DECLINES:
        raise Declined(*DECLINES[card[-4:]])
