"""The catalog: what the shop sells. Read-only, so any number of replicas will do."""

import json
import os
from pathlib import Path

from lib.json_service import Problem, serve

PRODUCTS = json.loads(Path(__file__).with_name("products.json").read_text("utf-8"))
BY_ID = {product["id"]: product for product in PRODUCTS}


def list_products(request):
    words = " ".join(request.query.get("q", [])).lower().split()
    found = [p for p in PRODUCTS if all(word in f"{p['name']} {p['kind']}".lower() for word in words)]
    return 200, {"products": found}


def show_product(request):
    product = BY_ID.get(request.params["id"])
    if not product:
        raise Problem(404, "we do not sell this")
    return 200, {**product, "related": [p["id"] for p in PRODUCTS if p["kind"] == product["kind"] and p is not product]}


serve(
    "catalog",
    int(os.environ.get("PORT", "8080")),
    [("GET", "/products", list_products), ("GET", r"/products/(?P<id>[a-z0-9-]+)", show_product)],
)
