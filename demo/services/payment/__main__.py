"""Payment: charges cards at a bank. The same order is never charged twice, by whichever replica."""

import os
import uuid

from lib.json_service import Problem, serve
from lib.redis import Redis, RedisError
from payment.bank import BankBusy, Declined, charge

USUAL_BANK_MS = float(os.environ.get("BANK_MS", "40"))
KEPT_SECONDS = 7 * 24 * 3600
REFUNDED = "refunded"

redis = Redis()


def ask(*words):
    try:
        return redis.send(*words)
    except (OSError, RedisError) as error:
        raise Problem(503, f"our memory does not answer: {error!r}") from error


def bank_ms():
    told = ask("GET", "bank:ms")
    return USUAL_BANK_MS if told is None else float(told)


def charge_card(request):
    order, card = request.text("order", 64), request.text("card", 32)
    cents = request.body.get("cents")
    if type(cents) is not int or cents <= 0:
        raise Problem(400, "cents must be a whole number above 0")
    key = f"charge:{order}"
    before = ask("GET", key)
    if before is None:
        try:
            charge(card, bank_ms())
        except Declined as declined:
            reason, text = declined.args
            raise Problem(402, text, reason=reason) from None
        except BankBusy as busy:
            raise Problem(503, str(busy)) from None
        done = str(uuid.uuid4())
        # another one may have been quicker: a refund that gave up on us, or the same charge once more
        if ask("SET", key, done, "NX", "EX", KEPT_SECONDS) is not None:
            return 201, {"charge": done, "order": order, "cents": cents}
        before = ask("GET", key)
    if before == REFUNDED:
        raise Problem(409, "this charge was called off", calledOff=True)
    return 200, {"charge": before, "order": order, "cents": cents}


def refund(request):
    """Also of a charge that is under way or never came: it is then called off."""
    ask("SET", f"charge:{request.params['order']}", REFUNDED, "EX", KEPT_SECONDS)
    return 200, {"refunded": True}


def change_bank(request):
    ms = request.body.get("ms") if isinstance(request.body, dict) else None
    if ms is None and isinstance(request.body, dict) and "ms" in request.body:
        ask("DEL", "bank:ms")
    elif type(ms) in (int, float) and 0 <= ms <= 30_000:
        ask("SET", "bank:ms", ms)
    else:
        raise Problem(400, 'send {"ms": 0…30000}, or {"ms": null} for the usual bank')
    return show_bank(request)


def show_bank(_request):
    return 200, {"ms": bank_ms(), "usualMs": USUAL_BANK_MS}


routes = [
    ("POST", "/charges", charge_card),
    ("POST", r"/charges/(?P<order>[A-Za-z0-9-]{1,64})/refund", refund),
    ("GET", "/bank", show_bank),
    ("PUT", "/bank", change_bank),
]
serve("payment", int(os.environ.get("PORT", "8080")), routes)
