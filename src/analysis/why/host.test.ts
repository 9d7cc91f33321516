import { expect, test } from "bun:test";
import type { ResourceSample } from "../../model/resources.ts";
import type { UsedBy } from "../ledger/ledger.ts";
import { mesh } from "./facts.fixture.ts";
import { HOST, hostTrouble, isPressed, servicesOn, withHost } from "./host.ts";
import type { Use } from "./use.ts";
import { why } from "./why.ts";

type Rates = ResourceSample;

/** looks a second apart; rates are of each second */
function used(workload: string, { memoryBytes, ...rise }: Rates): UsedBy[] {
  const memory = memoryBytes === undefined ? {} : { memoryBytes };
  const looked = Array.from({ length: 10 }, (_, at) => ({ fromUs: at * 1e6, toUs: (at + 1) * 1e6, rise, ...memory }));
  return [{ workload, looked }];
}

function use(name: string, before: Rates, during: Rates): Use {
  return { name, before: used(`${name}-1`, before), during: used(`${name}-1`, during) };
}

const CALM = { cpuUs: 100_000, runDelayUs: 5_000, throttledUs: 0 };
const WAITS = { ...CALM, runDelayUs: 150_000 };
const busy = use("", { cpuUs: 400_000, cpuSomeUs: 50_000 }, { cpuUs: 1_900_000, cpuSomeUs: 800_000 });
const services = (...during: Rates[]) => during.map((one, at) => use(`s${at}`, CALM, one));

test("services that wait for CPUs which others took are held up by the host", () => {
  const found = hostTrouble(busy, services(WAITS, WAITS, CALM));

  expect(found).toMatchObject({ class: "compute", waiting: ["s0", "s1"] });
  expect(found?.sentence).toStartWith("the host is short of CPUs: somebody on it waits 80 % of the time, 5 % before");
  expect(found?.sentence).toContain("others than the mesh's workloads use 1.6 CPUs, 0.1 before");
  expect(found?.evidence[0]).toMatchObject({ metric: "host pressure", baseline: 0.05, observed: 0.8, unit: "share" });
});

test("a workload that nobody calls is one of the mesh's, and not one of the others that use the host", () => {
  const called = [
    { name: "web", namespace: "shop" },
    { name: "bank.example", namespace: "" },
  ];

  expect(servicesOn(called, [{ service: "mailer" }, { service: "web" }])).toEqual(["web", "mailer"]);
});

test("CPU time that the hypervisor gave to others is theirs too", () => {
  const during = { cpuUs: 400_000, stealUs: 900_000, cpuSomeUs: 800_000 };
  const stolen = use("", { cpuUs: 400_000, stealUs: 0, cpuSomeUs: 50_000 }, during);

  expect(hostTrouble(stolen, services(WAITS, WAITS))).toMatchObject({ class: "compute" });
});

test("who has waited for most of it can wait little more, and is held up all the same", () => {
  const mostly = { cpuUs: 20_000, runDelayUs: 100_000, throttledUs: 0 };
  const nearlyAll = { cpuUs: 5_000, runDelayUs: 900_000, throttledUs: 0 };
  const busier = use("", { cpuUs: 1_200_000, cpuSomeUs: 500_000 }, { cpuUs: 2_000_000, cpuSomeUs: 1_000_000 });

  expect(hostTrouble(busier, [use("a", mostly, nearlyAll), use("b", mostly, nearlyAll)])).toMatchObject({
    class: "compute",
    waiting: ["a", "b"],
  });
  expect(hostTrouble(busier, [use("a", mostly, mostly), use("b", mostly, mostly)])).toBeUndefined();
});

const MIB = 2 ** 20;

test.each<[string, Rates, Rates, Rates, Rates]>([
  [
    "storage",
    { ioSomeUs: 10_000, readBytes: MIB, writeBytes: MIB },
    { ioSomeUs: 600_000, readBytes: MIB, writeBytes: 80 * MIB },
    { ioDelayUs: 1_000, readBytes: 0, writeBytes: MIB },
    { ioDelayUs: 200_000, readBytes: 0, writeBytes: MIB },
  ],
  [
    "memory",
    { memorySomeUs: 0, memoryBytes: 1_000 * MIB },
    { memorySomeUs: 300_000, memoryBytes: 3_000 * MIB },
    { memorySomeUs: 0, memoryBytes: 50 * MIB },
    { memorySomeUs: 100_000, memoryBytes: 50 * MIB },
  ],
])("so it is with %s", (kind, hostWas, hostIs, was, is) => {
  const found = hostTrouble(use("", hostWas, hostIs), [use("cart", was, is), use("pay", was, is)]);

  expect(found).toMatchObject({ class: kind, waiting: ["cart", "pay"] });
});

test("it is not the host when a workload of the mesh took it", () => {
  const greedy = { ...CALM, cpuUs: 1_500_000 };

  expect(hostTrouble(busy, services(WAITS, WAITS, greedy))).toBeUndefined();
});

test("nor when one service alone waits, or each for its own limit", () => {
  const throttled = { ...CALM, runDelayUs: 150_000, throttledUs: 150_000 };

  expect(hostTrouble(busy, services(WAITS, CALM))).toBeUndefined();
  expect(hostTrouble(busy, services(throttled, throttled))).toBeUndefined();
});

test("without pressure, or where the host does not tell what was used, nothing is said", () => {
  const calm = use("", { cpuUs: 400_000, cpuSomeUs: 50_000 }, { cpuUs: 1_900_000, cpuSomeUs: 90_000 });

  expect(isPressed(calm)).toBe(false);
  expect(isPressed(use("", {}, {}))).toBe(false);
  expect(hostTrouble(calm, services(WAITS, WAITS))).toBeUndefined();
  expect(hostTrouble(use("", { cpuSomeUs: 0 }, { cpuSomeUs: 800_000 }), services(WAITS, WAITS))).toBeUndefined();
});

test("the host comes before the service that it holds up, and not before what is known against that one", () => {
  const answer = why(mesh({ db: { own: 0.05 } }), { service: 0, metric: "latency", statistic: "mean", at: 0 });
  const short = "the host is short of CPUs, for which 2 of 5 services wait";
  const trouble = { class: "compute", short, sentence: "somebody waits", evidence: [] } as const;

  const told = withHost(answer, { ...trouble, waiting: ["db", "web"] });

  expect(told.findings[0]).toMatchObject({ rank: 1, class: "compute", subject: { service: HOST } });
  expect(told.findings[0]?.path).toEqual(["web", "cart", "db", HOST]);
  expect(told.verdict).toMatch(
    /^web mean latency went from \S+ ms to \S+ ms: the host is short of CPUs, for which 2 of 5 services wait$/,
  );
  expect(told.findings[1]).toMatchObject({ rank: 2, subject: { service: "db" } });
  expect(withHost(answer, { ...trouble, waiting: ["ads", "cron"] })).toBe(answer);
  const [first, ...rest] = answer.findings;
  if (!first) throw new Error("nothing was found");
  const deployed = { ...answer, findings: [{ ...first, class: "deployment" as const }, ...rest] };
  expect(withHost(deployed, { ...trouble, waiting: ["db", "web"] })).toBe(deployed);
});
