"""Payment: charges a card at a bank that takes its time and declines some. The same order is never charged twice."""

import os
import random
import threading
import time
import uuid
from collections import OrderedDict

from lib.json_service import Problem, serve

MEAN_BANK_SECONDS = float(os.environ.get("BANK_MS", "40")) / 1000
REMEMBERED = 10_000

charges = OrderedDict()
lock = threading.Lock()


def charge(request):
    order, card = request.text("order", 64), request.text("card", 32)
    cents = request.body.get("cents")
    if type(cents) is not int or cents <= 0:
        raise Problem(400, "cents must be a whole number above 0")
    with lock:
        if order in charges:
            return 200, charges[order]

    time.sleep(min(random.expovariate(1 / MEAN_BANK_SECONDS) if MEAN_BANK_SECONDS else 0, 1))
    if card.endswith("0002"):
        raise Problem(402, "the bank declined this card", reason="card_declined")
    if card.endswith("9995"):
        raise Problem(402, "not enough money on this card", reason="insufficient_funds")

    with lock:
        done = charges.setdefault(order, {"charge": str(uuid.uuid4()), "order": order, "cents": cents})
        while len(charges) > REMEMBERED:
            charges.popitem(last=False)
    return 201, done


serve("payment", int(os.environ.get("PORT", "8080")), [("POST", "/charges", charge)])
