import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Flow, Pace } from "../../model/tally.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import { facts, flow, NOW_US, workload } from "../facts.fixture.ts";
import { judgeFailures, wilsonLower } from "./failures.ts";
import { judgeMesh } from "./mesh.ts";
import { list, percent } from "./words.ts";
import { judgeWorkloads } from "./workloads.ts";

describe("how many failures are trouble", () => {
  test.each([
    [0, 0, "unknown"],
    [100, 0, "good"],
    [1, 1, "good"],
    [2, 2, "good"],
    [3, 3, "warning"], //     all of it failed, but that is three requests
    [5, 5, "bad"],
    [100, 2, "good"],
    [100, 4, "warning"], //   4 % seen, 1.6 % sure
    [100, 6, "bad"], //       6 % seen, 2.8 % sure
    [1_000, 5, "good"], //    0.5 % seen, 0.2 % sure
    [1_000, 12, "warning"],
    [1_000, 20, "warning"], // 2 % seen, 1.3 % sure
    [1_000, 31, "bad"],
    [1_000_000, 4_000, "good"],
    [1_000_000, 6_000, "warning"],
    [1_000_000, 21_000, "bad"],
  ] as const)("of %d requests %d failed: %s", (requests, faults, state) => {
    expect(judgeFailures({ requests, faults })).toBe(state);
  });

  // Wilson's interval for 10 of 100 is 0.0552 … 0.1744, as every table has it
  test("the lower end of Wilson's interval", () => {
    expect(wilsonLower(10, 100)).toBeCloseTo(0.0552, 4);
    expect(wilsonLower(0, 100)).toBe(0);
    expect(wilsonLower(0, 0)).toBe(0);
  });

  test("it is never above the share that was seen, and comes closer to it with every trial", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 50 }), (trials, times) => {
        const hits = Math.ceil(trials / 3);
        const sure = wilsonLower(hits, trials);
        expect(sure).toBeLessThanOrEqual(hits / trials);
        expect(wilsonLower(hits * times, trials * times)).toBeGreaterThanOrEqual(sure - 1e-12);
      }),
    );
  });
});

describe("whether the workloads are there", () => {
  const down = { state: "failed", readyPorts: [], reason: "no such file: ./cart" } as const;
  test.each<[string, readonly WorkloadSample[], string, string]>([
    ["a ready one", [workload("cart")], "good", ""],
    ["nothing known", [], "unknown", ""],
    ["a job that is done", [workload("cart", { state: "exited", exitCode: 0, readyPorts: [] })], "good", ""],
    [
      "one of two has failed",
      [workload("cart"), workload("cart", { id: "cart-2", ...down })],
      "warning",
      "has 1 of 2 workloads ready: cart-2 failed (no such file: ./cart)",
    ],
    [
      "the only one has failed",
      [workload("cart", down)],
      "bad",
      "has no workload ready: cart-1 failed (no such file: ./cart)",
    ],
    [
      "it ended with a failure",
      [workload("cart", { state: "exited", exitCode: 3, readyPorts: [] })],
      "bad",
      "has no workload ready: cart-1 ended with code 3",
    ],
    [
      "it ends again and again",
      [workload("cart", { state: "starting", readyPorts: [], restarts: 5 })],
      "bad",
      "has no workload ready: cart-1 is starting after 5 restarts",
    ],
    [
      "it waits for another",
      [workload("cart", { state: "waiting", readyPorts: [], reason: "for db to be healthy." })],
      "warning",
      "is starting: cart-1 waits (for db to be healthy)",
    ],
    [
      "it has just been started",
      [workload("cart", { readyPorts: [], startedAtUs: NOW_US - 5e6 })],
      "warning",
      "is starting: cart-1 listens on none of its ports (8080)",
    ],
    [
      "it has been up for long and does not listen",
      [workload("cart", { readyPorts: [], startedAtUs: NOW_US - 90e6 })],
      "bad",
      "has no workload ready: cart-1 listens on none of its ports (8080)",
    ],
    [
      "its check fails",
      [workload("cart", { health: "unhealthy" })],
      "bad",
      "has no workload ready: cart-1 fails its health check",
    ],
    [
      "the old one is stopped while the new one is ready",
      [workload("cart", { id: "cart-2" }), workload("cart", { state: "stopping", readyPorts: [] })],
      "good",
      "",
    ],
  ])("%s", (_, workloads, state, reason) => {
    const verdict = judgeWorkloads(workloads, NOW_US);

    expect([verdict.state, verdict.reasons.join()]).toEqual([state, reason] as [typeof verdict.state, string]);
  });
});

describe("the mesh in one sentence", () => {
  const sentenceOf = (...args: Parameters<typeof facts>) => judgeMesh(facts(...args)).health;

  test("all is well", () => {
    const flows = [flow("outside", "web", { requests: 1_000 }), flow("web", "cart", { requests: 234, faults: 1 })];

    expect(sentenceOf(flows)).toEqual({
      state: "good",
      sentence: "All 2 services are well, 1 failure in 1,234 requests.",
    });
  });

  test("the deepest failing service leads, and those that only pass its failures on are named after it", () => {
    const health = judgeMesh(
      facts([
        flow("outside", "web", { requests: 1_000, faults: 30 }),
        flow("web", "checkout", { requests: 300, faults: 32 }),
        flow("checkout", "payment", { requests: 283, faults: 34 }),
        flow("checkout", "stock", { requests: 283 }),
      ]),
    );

    expect(health.health).toEqual({
      state: "bad",
      sentence:
        "payment fails 12 % of its requests (34 of 283), seen by checkout; checkout and web fail because of it.",
    });
    expect(health.rows.map(({ service, reasons }) => [service, ...reasons])).toEqual([
      ["payment", "payment fails 12 % of its requests (34 of 283), seen by checkout."],
      ["checkout", "checkout fails 11 % of its requests (32 of 300), seen by web, because of payment."],
      ["web", "web fails 3 % of its requests (30 of 1,000), seen from outside, because of checkout."],
    ]);
  });

  test("a service that fails more than what it calls is a cause of its own", () => {
    const { rows } = judgeMesh(
      facts([flow("web", "checkout", { faults: 50 }), flow("checkout", "payment", { faults: 10 })]),
    );

    expect(rows.find(({ service }) => service === "checkout")?.reasons.join()).not.toContain("because");
  });

  test("services that fail each other in a circle come to an end", () => {
    const health = sentenceOf([flow("a", "b", { faults: 50 }), flow("b", "a", { faults: 50 })]);

    expect(health.state).toBe("bad");
  });

  test("a name of the outside that fails is told as such", () => {
    const { sentence } = sentenceOf([
      flow("web", "pay", { requests: 100, faults: 40 }),
      flow("pay", "api.example.com", { requests: 100, faults: 40 }),
    ]);

    expect(sentence).toBe(
      "api.example.com (outside) fails 40 % of its requests (40 of 100), seen by pay; pay fails because of it.",
    );
  });

  test("a service without a workload and its failures are one clause, and others are counted", () => {
    const flows = [
      flow("web", "pay", { requests: 100, faults: 100 }),
      flow("web", "mail", { requests: 100, faults: 20 }),
    ];
    const workloads = [
      workload("web"),
      workload("mail"),
      workload("pay", { state: "failed", readyPorts: [], reason: "exit code 1" }),
    ];

    expect(sentenceOf(flows, { workloads }).sentence).toBe(
      "pay has no workload ready: pay-1 failed (exit code 1) and fails 100 % of its requests (100 of 100), seen by web; 1 other has trouble of its own.",
    );
  });

  test("what opaque ports refuse are connections, not requests", () => {
    const { sentence } = sentenceOf([flow("cart", "db", { requests: 50, faults: 25, protocol: "tcp", port: 5432 })]);

    expect(sentence).toBe("db fails 50 % of its connections (25 of 50), seen by cart.");
  });

  test.each([
    ["no agent", { reportedUs: undefined }, "unknown", "no agent has reported"],
    ["a silent agent", { reportedUs: NOW_US - 40e6 }, "unknown", "has not reported for 40 s"],
    ["no services", { services: [], workloads: [] }, "unknown", "`meshwise up`"],
    ["losses", { coverage: { spans: 0.931, missing: ["x"] } }, "warning", "only 93 % of the exchanges"],
    ["a little loss", { coverage: { spans: 0.999, missing: ["x"] } }, "good", "nothing was called"],
    ["a service nobody knows anything of", { workloads: [workload("a")] }, "good", "nothing is known of b"],
  ] as const)("%s", (_, overrides, state, words) => {
    const both = [
      { service: "a", namespace: "shop" },
      { service: "b", namespace: "shop" },
    ];
    const given = { services: both, workloads: [workload("a"), workload("b")], ...overrides };
    const { reportedUs, ...rest } = { ...facts([]), ...given };

    const { health } = judgeMesh({ ...rest, ...(reportedUs !== undefined && { reportedUs }) });

    expect(health.state).toBe(state);
    expect(health.sentence).toContain(words);
  });
});

describe("a service that has become slow", () => {
  const quick = [5, 6, 7, 8, 9];
  const earlier = [
    flow("web", "checkout", { requests: 300, ms: [80, 90, 100] }),
    flow("checkout", "payment", { requests: 300, ms: [70, 75, 80] }),
    flow("web", "cart", { requests: 3_000, ms: quick }),
  ];
  const now = (recent: readonly Flow[]) => judgeMesh(facts(earlier, { pace: { recent, earlier: [callees(earlier)] } }));

  test("is told with what it took before, and who waits for it", () => {
    const { health, rows } = now([
      flow("web", "checkout", { requests: 30, ms: [1_580, 1_600] }),
      flow("checkout", "payment", { requests: 30, ms: [1_500] }),
      flow("web", "cart", { requests: 300, ms: quick }),
    ]);

    expect(health).toEqual({
      state: "warning",
      sentence:
        "payment is slow: half of its requests take 1.5 s or more (75 ms before), seen by checkout; checkout is slow because of it.",
    });
    expect(rows.map(({ service, reasons }) => [service, ...reasons])).toEqual([
      ["payment", "payment is slow: half of its requests take 1.5 s or more (75 ms before), seen by checkout."],
      [
        "checkout",
        "checkout is slow: half of its requests take 1.6 s or more (90 ms before), seen by web, because of payment.",
      ],
    ]);
  });

  test("one bad replica of five shows in the slowest tenth", () => {
    const { sentence } = now([flow("web", "cart", { requests: 200, ms: [5, 6, 7, 8, 900] })]).health;

    expect(sentence).toBe("cart is slow: a tenth of its requests take 900 ms or more (9 ms before), seen by web.");
  });

  test("what it calls is no cause when it has become slower by little", () => {
    const { rows } = now([
      flow("web", "checkout", { requests: 30, ms: [1_600] }),
      flow("checkout", "payment", { requests: 30, ms: [400] }),
    ]);

    expect(rows.find(({ service }) => service === "checkout")?.reasons.join()).not.toContain("because");
  });

  test("who waits for those who wait is named too", () => {
    const recent = [
      flow("outside", "web", { requests: 30, ms: [1_600] }),
      flow("web", "checkout", { requests: 30, ms: [1_600] }),
      flow("checkout", "payment", { requests: 30, ms: [1_500] }),
    ];
    const before = [...earlier, flow("outside", "web", { requests: 300, ms: [100] })];

    const { sentence } = judgeMesh(facts(before, { pace: { recent, earlier: [callees(before)] } })).health;

    expect(sentence).toContain("; checkout and web are slow because of it.");
  });

  test.each<[string, Partial<Parameters<typeof flow>[2]>, Partial<Parameters<typeof flow>[2]>]>([
    ["twice as slow by a few milliseconds", { ms: [5] }, { ms: [90] }],
    ["slower by 150 ms of a second", { ms: [1_000] }, { ms: [1_150] }],
    ["a few requests", { ms: [50] }, { requests: 9, ms: [900] }],
    ["no past", { requests: 19, ms: [50] }, { ms: [900] }],
    ["one slow one of twenty", { ms: [50] }, { requests: 20, ms: [...Array(19).fill(50), 5_000] }],
    ["as spread as ever", { ms: [10, 500, 900, 20, 60] }, { requests: 12, ms: [900, 10, 500] }],
  ])("no trouble yet: %s", (_, before, recent) => {
    const pace = { earlier: [callees([flow("web", "cart", before)])], recent: [flow("web", "cart", recent)] };

    expect(judgeMesh(facts(pace.recent, { pace })).health.state).toBe("good");
  });
});

describe("a service that is slow since soon after the mesh was started", () => {
  const minutes = (...ms: number[][]) => ms.map((one) => callees([flow("web", "cart", { requests: 40, ms: one })]));
  const slow = flow("web", "cart", { requests: 40, ms: [1_500] });
  const sentence = (earlier: Pace["earlier"]) =>
    judgeMesh(facts([slow], { pace: { recent: [slow], earlier } })).health.sentence;

  test("stays slow while it is so, beside what was before", () => {
    expect(sentence(minutes([60], ...Array(20).fill([1_500])))).toBe(
      "cart is slow: half of its requests take 1.5 s or more (60 ms before), seen by web.",
    );
  });

  test("however few its requests are", () => {
    const few = [60, 60, 60, 60, 60, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500];
    const earlier = few.map((ms) => callees([flow("web", "cart", { requests: 5, ms: [ms] })]));
    expect(sentence(earlier)).toContain("is slow");
  });

  test("is well when it was so for half of the time and that went away", () => {
    expect(sentence(minutes([60], [1_500], [1_500], [60], [1_500], [1_500], [60], [1_500]))).not.toContain("is slow");
  });

  test("and when it never was otherwise", () => {
    expect(sentence(minutes([1_500], [1_500], [1_500]))).not.toContain("is slow");
  });
});

test("what the mesh itself cut is not the callee's: postgres after an upgrade", () => {
  const { health, rows } = judgeMesh(facts([flow("orders", "postgres", { requests: 12, ours: 8, protocol: "tcp" })]));

  expect(rows).toEqual([]);
  expect(health).toEqual({
    state: "bad",
    sentence: "The mesh itself failed 67 % of all requests (8 of 12): `meshwise tap --error any` shows why.",
  });
});

test.each([
  [12, 100, "12 %"],
  [7, 1_000, "0.7 %"],
  [1, 1_000_000, "under 0.1 %"],
  [999, 1_000, "over 99 %"],
  [5, 5, "100 %"],
])("%d of %d is %s", (part, whole, text) => {
  expect(percent(part, whole)).toBe(text);
});

test.each([
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
  [["a", "b", "c", "d", "e"], "a, b and 3 more"],
])("a list of %j reads %s", (items, text) => {
  expect(list(items)).toBe(text);
});

function callees(flows: readonly Flow[]): Pace["earlier"][number] {
  return flows.map(({ all: { durations }, ...pair }) => ({ ...pair, durations }));
}
