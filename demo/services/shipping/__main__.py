"""Shipping: which deliveries there are to a country, and what they cost."""

import os

from lib.json_service import Problem, serve
from shipping.tariff import ZONE_OF, options

MAX_GRAMS = 10_000_000


def show_options(request):
    country = request.query.get("country", [""])[0]
    grams = request.query.get("grams", [""])[0]
    if not grams.isascii() or not grams.isdigit() or int(grams[:12]) > MAX_GRAMS:
        raise Problem(400, f"grams must be a whole number up to {MAX_GRAMS}")
    found = options(country, int(grams))
    if not found:
        raise Problem(422, "we do not deliver there", fields={"country": "We do not deliver there yet."})
    return 200, {"country": country, "options": found}


def show_countries(_request):
    return 200, {"countries": sorted(ZONE_OF)}


routes = [("GET", "/options", show_options), ("GET", "/countries", show_countries)]
serve("shipping", int(os.environ.get("PORT", "8080")), routes)
