"""Coupons: what a code takes off the price of what is in a cart."""

import os

from lib.json_service import Problem, serve

PERCENT_OF = {"FRIEND": 5, "WELCOME": 10, "SUMMER": 15}


def show_coupon(request):
    code = request.params["code"]
    if code not in PERCENT_OF:
        raise Problem(404, "there is no such coupon")
    return 200, {"code": code, "percent": PERCENT_OF[code]}


serve("coupons", int(os.environ.get("PORT", "8080")), [("GET", "/coupons/(?P<code>[A-Z0-9-]{1,20})", show_coupon)])
