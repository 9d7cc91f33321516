"""What a delivery costs, by country and weight."""

ZONES = {
    "home": ["DE"],
    "near": ["AT", "BE", "CH", "CZ", "DK", "FR", "LU", "NL", "PL"],
    "europe": ["ES", "FI", "GB", "IE", "IT", "NO", "PT", "SE"],
    "world": ["AU", "CA", "JP", "NZ", "US"],
}
ZONE_OF = {country: zone for zone, countries in ZONES.items() for country in countries}

# id, name, days, cents for the first kilogram and each further one, by zone; a zone that is absent is not served
DELIVERIES = [
    ("standard", "Standard", {"home": (390, 60, 3), "near": (690, 140, 5), "europe": (990, 220, 7), "world": (1990, 900, 14)}),
    ("express", "Express", {"home": (890, 120, 1), "near": (1490, 300, 2), "europe": (2190, 480, 3)}),
    ("pickup", "Pick-up point", {"home": (250, 30, 4), "near": (490, 90, 6)}),
]
FREE_FROM_GRAMS = 10_000  # at home: who buys that much is not asked for the parcel, too


def options(country, grams):
    """The deliveries to a country, the cheapest first; none when we do not deliver there."""
    zone = ZONE_OF.get(country)
    kilograms = max(0, -(-grams // 1000) - 1)
    found = []
    for name_id, name, prices in DELIVERIES:
        if zone not in prices:
            continue
        first, further, days = prices[zone]
        is_free = zone == "home" and name_id == "standard" and grams >= FREE_FROM_GRAMS
        found.append({"id": name_id, "name": name, "cents": 0 if is_free else first + further * kilograms, "days": days})
    return sorted(found, key=lambda option: option["cents"])
