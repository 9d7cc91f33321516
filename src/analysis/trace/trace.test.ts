import { expect, test } from "bun:test";
import fc from "fast-check";
import type { SeenExchange } from "../../model/figures.ts";
import { traceOf } from "./trace.ts";
import type { ToldSpan } from "./types.ts";

const LATER = 1e9;

/** A call from `name`'s caller to `name`, µs; under `parent` */
function call(
  name: string,
  parent: string | undefined,
  from: number,
  to: number,
  more: Partial<SeenExchange> = {},
): SeenExchange {
  return {
    ...{
      startUs: 1_000_000 + from,
      durationUs: to - from,
      traceId: "t",
      spanId: `c-${name}`,
      serverSpanId: `s-${name}`,
    },
    ...(parent !== undefined && { parentSpanId: `s-${parent}` }),
    ...{ confidence: parent === undefined ? 1 : 0.9, source: parent ?? "outside", sourceWorkload: parent ?? "" },
    ...{ destination: name, destinationWorkload: name, port: 80, protocol: "http/1.1", method: "GET", path: "/" },
    ...{ authority: "", status: 200, attempts: 1, flags: [], phases: {}, requestBytes: 0, responseBytes: 0 },
    ...more,
  };
}

const shown = (exchanges: readonly SeenExchange[]) =>
  traceOf("t", exchanges, LATER).spans.map((span) => `${" ".repeat(span.depth)}${span.destination} ${span.link}`);

test("calls stand under the request they were made for, in the order of their start", () => {
  const exchanges = [
    call("c", "a", 50, 60),
    call("a", "web", 10, 80),
    call("web", undefined, 0, 100),
    call("b", "a", 20, 40),
  ];

  expect(shown(exchanges)).toEqual(["web root", " a inferred", "  b inferred", "  c inferred"]);
  expect(traceOf("t", exchanges, LATER)).toMatchObject({
    ...{ startUs: 1_000_000, durationUs: 100, services: ["web", "a", "b", "c"], confidence: 0.9, missing: [] },
  });
});

test("the critical path goes through what ended last, and adds up", () => {
  const trace = traceOf(
    "t",
    [
      call("web", undefined, 0, 100),
      call("slow", "web", 10, 70),
      call("beside", "web", 10, 40),
      call("then", "web", 75, 90),
    ],
    LATER,
  );

  const waited = trace.criticalPath.map(({ spanId, fromUs, toUs }) => `${spanId} ${fromUs}-${toUs}`);
  expect(waited).toEqual(["c-web 0-10", "c-slow 10-70", "c-web 70-75", "c-then 75-90", "c-web 90-100"]);
  expect(trace.spans.map(({ destination, selfUs, criticalUs }) => [destination, selfUs, criticalUs])).toEqual([
    ["web", 25, 25],
    ["slow", 60, 60],
    ["beside", 30, 0],
    ["then", 15, 15],
  ]);
});

test("what is done after the answer is no part of the critical path", () => {
  const { criticalPath, durationUs } = traceOf(
    "t",
    [call("web", undefined, 0, 100), call("mail", "web", 90, 500)],
    LATER,
  );

  expect(criticalPath.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0)).toBe(100);
  expect(durationUs).toBe(500);
});

test("spans of an application between two of ours are bridged", () => {
  const own = { parentSpanId: "of-the-app", flags: ["continued"] };
  const exchanges = [call("web", undefined, 0, 100), call("a", "web", 10, 80, own)];

  expect(shown(exchanges)).toEqual(["web root", " a sent"]);
});

const own = (name: string, parentId: string, from: number, to: number): ToldSpan => ({
  ...{ spanId: `o-${name}`, parentId, service: "web", instance: "", name, kind: "internal" },
  ...{ startUs: 1_000_000 + from, durationUs: to - from, status: "ok", message: "" },
});

test("what a service says of its own work stands below the call, and tells whose call the next one was", () => {
  const sent = { parentSpanId: "o-ask", flags: ["continued"] };
  const exchanges = [call("web", undefined, 0, 100), call("web2", undefined, 5, 95), call("a", "web", 10, 80, sent)];
  const told = [own("ask", "o-work", 8, 82), own("work", "c-web2", 6, 90), own("lost", "gone", 1, 2)];

  const { spans, appSpans } = traceOf("t", exchanges, LATER, told);

  expect(spans.map(({ depth, destination, link, parent }) => [depth, destination, link, parent])).toEqual([
    [0, "web", "root", undefined],
    [0, "web2", "root", undefined],
    [1, "a", "sent", "c-web2"],
  ]);
  expect(appSpans.map(({ name, call, depth, offsetUs }) => [name, call, depth, offsetUs])).toEqual([
    ["work", "c-web2", 0, 6],
    ["ask", "c-web2", 1, 8],
    ["lost", undefined, 0, 1],
  ]);
});

test("spans of their own that are above each other in a circle are shown once, or not", () => {
  const told = [own("a", "o-b", 1, 2), own("b", "o-a", 1, 2), own("self", "o-self", 1, 2)];

  expect(traceOf("t", [call("web", "o-a", 0, 100)], LATER, told).appSpans).toEqual([]);
});

test("a call whose request is not there is a top, and that is said", () => {
  const trace = traceOf("t", [call("a", "gone", 10, 80)], LATER);

  expect(trace.spans[0]).toMatchObject({ depth: 0, link: "unknown" });
  expect(trace.missing).toEqual(["the request above one call is not there"]);
});

test("whatever the parents, every exchange is shown once and the path is no longer than the tops", () => {
  const exchanges = fc.array(
    fc.record({ parent: fc.option(fc.nat(12)), from: fc.nat(100), took: fc.nat(100), sent: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(exchanges, (all) => {
      const trace = traceOf(
        "t",
        all.map(({ parent, from, took, sent }, i) =>
          call(
            String(i),
            parent === null ? undefined : String(parent),
            from,
            from + took,
            sent ? { flags: ["continued"] } : {},
          ),
        ),
        LATER,
      );

      expect(trace.spans.map(({ spanId }) => spanId).toSorted()).toEqual(all.map((_, i) => `c-${i}`).toSorted());
      const waited = trace.criticalPath.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
      const tops = trace.spans.filter(({ depth }) => depth === 0).reduce((sum, { durationUs }) => sum + durationUs, 0);
      expect(waited).toBe(tops);
    }),
  );
});
