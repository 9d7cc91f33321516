// Why, asked of a real store that was told of exchanges over half an hour.
import { expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import type { WhyAnswer } from "../../src/api/types.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { pass } from "../support/trouble.ts";

async function ask({ observatory, clock }: Opened, query: string): Promise<WhyAnswer> {
  const response = await apiApp({ clock, observatory }).request(`/api/v1/why?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as WhyAnswer;
}

test("as long as little is known it is learning; after that nothing is wrong until something is", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 1);
    expect(await ask(opened, "")).toMatchObject({ state: "not-enough-data", findings: [] });

    await pass(opened, 10);
    expect(await ask(opened, "since=3m")).toMatchObject({ state: "nothing-wrong", findings: [] });

    const beganUs = opened.clock.nowUs();
    await pass(opened, 2, { cartMs: 90 });
    const answer = await ask(opened, "since=3m");
    expect(answer).toMatchObject({ question: "why is web slow", state: "explained" });
    expect(answer.findings[0]).toMatchObject({ subject: { service: "cart" }, path: ["web", "cart"] });
    const since = Date.parse(answer.findings[0]?.since ?? "") * 1000;
    expect(Math.abs(since - beganUs)).toBeLessThanOrEqual(10e6);
    expect(answer.ledger?.service).toBe("cart");
    const [most] = answer.ledger?.rows ?? [];
    expect((most?.duringMs ?? 0) - (most?.beforeMs ?? 0)).toBeGreaterThan(50);
  });
}, 60_000);

test("minutes after a start beside a store of hours before, what goes wrong is found, and that nobody asked before is nothing", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 1);
    opened.clock.advance(2 * 3_600_000);
    await pass(opened, 3);
    await pass(opened, 1, { cartMs: 90 });

    const answer = await ask(opened, "");

    expect(answer).toMatchObject({ question: "why is web slow", state: "explained" });
    expect(answer.findings[0]?.subject.service).toBe("cart");
    expect(await ask(opened, "service=web&metric=throughput")).toMatchObject({ state: "nothing-wrong", findings: [] });
  });
}, 60_000);

test("one workload that is slow is named with its version, and its requests are told from the others", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { secondMs: 200 });

    const answer = await ask(opened, "since=3m");

    expect(answer.findings[0]?.subject).toEqual({ service: "cart", workload: "cart-2", version: "v2" });
    expect(answer.verdict).toEndWith("in workload cart-2");
    const [trait] = answer.contrast?.traits ?? [];
    expect(trait).toMatchObject({ value: "cart-2", share: 1, isCaused: false });
    expect(trait?.covers).toBeGreaterThan(0.9);
    expect(answer.contrast?.examples.bad).toHaveLength(3);
    expect(answer.ledger).toMatchObject({ service: "cart-2" });
  });
}, 60_000);

test("the same trouble a few minutes before does not hide it, and its time is told to be left out", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 6);
    const firstUs = opened.clock.nowUs();
    await pass(opened, 2, { cartMs: 90 });
    await pass(opened, 2);
    await pass(opened, 2, { cartMs: 90 });

    const answer = await ask(opened, "since=3m");

    expect(answer).toMatchObject({ question: "why is web slow", state: "explained" });
    expect(answer.findings[0]?.subject.service).toBe("cart");
    const [left, ...others] = answer.baseline.without ?? [];
    expect(others).toEqual([]);
    expect(Math.abs(Date.parse(left?.from ?? "") * 1000 - firstUs)).toBeLessThanOrEqual(20e6);
    const [most] = answer.ledger?.rows ?? [];
    expect((most?.duringMs ?? 0) - (most?.beforeMs ?? 0)).toBeGreaterThan(50);
  });
}, 60_000);

test("failures are found where they are made, and a service can be asked about", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { failing: 8 });

    const all = await ask(opened, "since=3m");
    expect(all).toMatchObject({ question: "why is web failing" });
    expect(all.findings[0]?.subject.service).toBe("cart");
    expect(await ask(opened, "since=3m&service=pay")).toMatchObject({ state: "nothing-wrong" });
    expect(await ask(opened, "since=3m&service=web&metric=latency")).toMatchObject({ state: "nothing-wrong" });
  });
}, 60_000);

test("when programs beside the mesh take the CPUs of the host, it is the host and no service", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { cartMs: 90, besides: 1.7 });

    const answer = await ask(opened, "since=3m");

    const [finding, next] = answer.findings;
    expect(finding).toMatchObject({ class: "compute", subject: { service: "(host)" } });
    expect(finding?.path).toEqual(["web", "cart", "(host)"]);
    expect(finding?.sentence).toContain("the host is short of CPUs: somebody on it waits 90 % of the time, 2 % before");
    expect(next?.subject.service).toBe("cart");
  });
}, 60_000);

test("who is asked more than usual is asked so by somebody, and each request of that one says how often", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    expect(await ask(opened, "since=3m&metric=throughput")).toMatchObject({
      question: "is web asked as much as usual",
      state: "nothing-wrong",
    });
    await pass(opened, 2, { pays: 3 });

    const answer = await ask(opened, "since=3m&metric=throughput&service=pay");

    expect(answer).toMatchObject({ state: "explained", confidence: "high", changes: [] });
    const [finding] = answer.findings;
    expect(finding).toMatchObject({ subject: { service: "cart" }, path: ["pay", "cart"] });
    expect(finding?.evidence[0]).toMatchObject({ baseline: 1, observed: 3 });
  });
}, 60_000);

test("who is asked less because a caller fails before is told why that one fails", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { pays: 0, failing: 20 });

    const answer = await ask(opened, "since=3m&metric=throughput&service=pay");

    expect(answer.verdict).toStartWith("pay is asked less than usual");
    expect(answer.findings[0]).toMatchObject({ subject: { service: "cart" }, path: ["pay", "cart"] });
    expect(answer.findings[0]?.sentence).toStartWith("cart fails before it asks pay: ");
    expect(answer.ledger?.service).toBe("cart");
  });
}, 60_000);

test("what is asked wrongly is refused in a sentence", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const refused = async (query: string) => {
      const response = await apiApp({ clock, observatory }).request(`/api/v1/why?${query}`);
      return [response.status, ((await response.json()) as { detail: string }).detail];
    };
    expect(await refused("metric=speed")).toEqual([
      400,
      expect.stringContaining("one of latency, errors, throughput, not speed"),
    ]);
    expect(await refused("service=nobody")).toEqual([400, expect.stringContaining("nobody called nobody")]);
  });
});
