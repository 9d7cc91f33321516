import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import type { OtlpSpan } from "../../protocol/otlp/spans.ts";
import { type RecordedLink, recording } from "./recording.ts";

type Given = Partial<OtlpSpan> & Pick<OtlpSpan, "spanId" | "startUs" | "endUs">;

const span = (given: Given): OtlpSpan => ({
  ...{ traceId: "", name: "GET /", kind: "server", isError: false },
  ...{ attributes: new Map(), resource: new Map([["service.name", "shop"]]) },
  ...given,
});

function linked(spans: readonly OtlpSpan[]): Map<string, RecordedLink> {
  const recorded = recording(false);
  for (const one of spans) recorded.add(one);
  return new Map([...recorded.links()].map((link) => [link.span, link]));
}

/** `count` requests, each with a call to the cart and then one to pay, whose times are cut to `stepUs`; names of `i` */
function shopping(count: number, stepUs: number, name: (i: number) => string): OtlpSpan[] {
  const random = seededRandom(6);
  const cut = (us: number) => Math.floor(us / stepUs) * stepUs;
  const spans: OtlpSpan[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    at += -15_000 * Math.log(1 - random.unit());
    let now = at + 300 * random.unit();
    for (const to of ["cart", "pay"]) {
      const end = now + 8000 + 20_000 * random.unit();
      const attributes = new Map([["peer.service", to]]);
      spans.push(
        span({ spanId: `${to}-${i}`, kind: "client", startUs: cut(now), endUs: cut(end), attributes, name: name(i) }),
      );
      now = end + 300 * random.unit();
    }
    spans.push(span({ spanId: `shop-${i}`, startUs: cut(at), endUs: cut(now), name: name(i) }));
  }
  return spans;
}

function shareRight(links: ReadonlyMap<string, RecordedLink>): number {
  const calls = [...links.values()].filter(({ span }) => !span.startsWith("shop"));
  return calls.filter(({ span, parent }) => parent === `shop-${span.split("-")[1]}`).length / calls.length;
}

test("times in milliseconds, many of which are equal, are enough where few requests are in flight", () => {
  expect(shareRight(linked(shopping(400, 1000, () => "GET /")))).toBeGreaterThan(0.95);
});

test.each([
  ["µs", 1000],
  ["ms", 1_000_000],
])("times that were written as %s since 1970 where nanoseconds belong are understood", (_, unit) => {
  const atUs = 1.7e15;
  const meant = shopping(400, unit / 1000, () => "GET /").map((one) => {
    return { ...one, startUs: atUs + one.startUs, endUs: atUs + one.endUs };
  });

  const written = meant.map((one) => ({ ...one, startUs: one.startUs / unit, endUs: one.endUs / unit }));

  expect(linked(written)).toEqual(linked(meant));
});

test("names that hold ids are of one kind", () => {
  const same = shareRight(linked(shopping(400, 1, () => "GET /cart")));

  const each = shareRight(linked(shopping(400, 1, (i) => `GET /cart/${i}?at=${i * 7}`)));

  expect(each).toBe(same);
});

test("a peer id and a span id may be written differently", () => {
  const id = Buffer.from("5e0c63257de34c92", "hex").toString("base64");
  const links = linked([
    span({ spanId: id, kind: "client", startUs: 10, endUs: 50 }),
    span({
      ...{ spanId: "served", startUs: 20, endUs: 40, resource: new Map([["service.name", "cart"]]) },
      attributes: new Map([["meshwise.peer_span_id", "5E0C63257DE34C92"]]),
    }),
  ]);

  expect(links.get("served")).toEqual({ span: "served", parent: id, confidence: 1 });
});

test("spans between a request and its call, and spans of nobody, are no obstacle", () => {
  const links = linked([
    span({ spanId: "shop-1", startUs: 0, endUs: 1000, resource: new Map() }),
    span({ spanId: "inner", kind: "internal", startUs: 10, endUs: 900, resource: new Map() }),
    span({ spanId: "cart-1", kind: "client", startUs: 20, endUs: 20, resource: new Map() }),
  ]);

  expect([...links.keys()].sort()).toEqual(["cart-1", "shop-1"]);
  expect(links.get("cart-1")?.parent).toBe("shop-1");
});
