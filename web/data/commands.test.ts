import { expect, test } from "bun:test";
import {
  edgesCommand,
  ledgerCommand,
  mapCommand,
  meshwise,
  requestsCommand,
  seriesCommand,
  whyCommand,
} from "./commands.ts";
import type { Range, View } from "./view.ts";

const LIVE: Range = { kind: "live", since: "15m" };
const STILL: Range = { kind: "still", from: "2030-01-01T00:00:00.000Z", to: "2030-01-01T06:00:00.000Z" };
const view = (more: Partial<View>): View => ({ range: LIVE, filters: {}, ...more });

test.each([
  [seriesCommand("shop", LIVE, "cart"), "meshwise -p shop stat cart --step 10s --since 15m"],
  [edgesCommand("shop", LIVE, "cart"), "meshwise -p shop edges cart --since 15m"],
  [
    ledgerCommand("shop", LIVE, "shop/cart", "GET /cart"),
    "meshwise -p shop ledger cart --route 'GET /cart' --since 15m",
  ],
  [whyCommand("shop", view({ metric: "errors" })), "meshwise -p shop why --metric errors --since 15m"],
  [
    whyCommand("shop", view({ service: "cart", filters: { source: "web", route: "GET /cart/{id}" } })),
    "meshwise -p shop why web cart 'GET /cart/{id}' --since 15m",
  ],
  [mapCommand("shop", view({})), "meshwise -p shop edges --since 15m"],
  [
    mapCommand("shop", view({ focus: { service: "cart", up: 1, down: 2 } })),
    "meshwise -p shop edges cart --up 1 --down 2 --since 15m",
  ],
  [
    requestsCommand("shop", view({ service: "cart", filters: { status: "5xx" } })),
    "meshwise -p shop tap -f cart --status 5xx",
  ],
  [
    requestsCommand(
      "shop",
      view({ call: { source: "web", destination: "cart" }, filters: { "min-duration": "250ms" } }),
    ),
    "meshwise -p shop tap -f --source web --destination cart --slower-than 250ms",
  ],
  [
    seriesCommand("shop", STILL, "cart"),
    "meshwise -p shop stat cart --step 2m --from 2030-01-01T00:00:00.000Z --to 2030-01-01T06:00:00.000Z",
  ],
])("%s", (made, wanted) => expect(made).toBe(wanted));

test("words that a shell would take apart are quoted", () => {
  expect(meshwise(undefined, "tap", "--path", "/it's; rm *")).toBe("meshwise tap --path '/it'\\''s; rm *'");
});
