"""Recommendations: what others bought together with a product, filled up from its category while few have bought."""

import os
import sys
import threading
import time
from collections import OrderedDict

from lib.http_client import CallError, Client
from lib.json_service import Problem, serve

catalog = Client(os.environ.get("CATALOG_URL", "http://catalog:8080"))
orders = Client(os.environ.get("ORDERS_URL", "http://orders:8080"))
SHOWN = 4
FRESH_SECONDS = float(os.environ.get("FRESH_SECONDS", "20"))
REMEMBERED = 500

remembered = OrderedDict()
lock = threading.Lock()


def recommend(request):
    product = request.params["id"]
    with lock:
        until, found = remembered.get(product, (0, None))
    if time.monotonic() > until:
        found = look(product)
        with lock:
            remembered[product] = time.monotonic() + FRESH_SECONDS, found
            remembered.move_to_end(product)
            while len(remembered) > REMEMBERED:
                remembered.popitem(last=False)
    return 200, {"product": product, "products": found}


def look(product):
    try:
        together = orders.get(f"/together/{product}")["products"][:SHOWN]
    except CallError as error:
        print(f"without what was bought together: {error}", file=sys.stderr)  # the category alone is better than nothing
        together = []
    try:
        found = catalog.get(f"/products?ids={','.join(together)}")["products"] if together else []
        if len(found) < SHOWN:
            category = catalog.get(f"/products/{product}")["category"]
            known = {product, *together}
            alike = catalog.get(f"/products?category={category}")["products"]
            found += [one for one in alike if one["id"] not in known][: SHOWN - len(found)]
    except CallError as error:
        raise Problem(404 if error.status == 404 else 503, str(error)) from error
    return found


routes = [("GET", r"/recommendations/(?P<id>[a-z0-9-]{1,64})", recommend)]
serve("recommendations", int(os.environ.get("PORT", "8080")), routes)
