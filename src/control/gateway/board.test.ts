import { expect, test } from "bun:test";
import { statusBoard } from "./board.ts";
import { compiled, gateway, httpRoute, wrong } from "./objects.fixture.ts";
import type { Condition } from "./view.ts";

const CART = "parentRefs: [{group: '', kind: Service, name: cart}]";

function shown(text: string, options: Parameters<typeof compiled>[1] = {}) {
  const { objects, findings, allocation, config } = compiled(text, options);
  return {
    allocation,
    enacted: {
      namespace: "shop",
      objects,
      findings,
      allocation: allocation.routing,
      version: config.version,
      refused: new Map(),
    },
  };
}

const programmed = (conditions: readonly Condition[] | undefined) =>
  conditions?.find(({ type }) => type === "Programmed");

test("a route is programmed when every worker has acknowledged the config that it came with", () => {
  const board = statusBoard();
  const first = shown(httpRoute(CART, "a"));
  const second = shown(httpRoute(CART, "a") + httpRoute(CART, "b"), { previous: first.allocation });
  const of = (name: string) =>
    programmed(board.list().find(({ metadata }) => metadata.name === name)?.status.parents?.[0]?.conditions);

  board.update(first.enacted, 1e6);
  expect(of("a")).toMatchObject({ status: "False", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:01.000Z" });
  board.programmed(1, undefined, 2e6);
  expect(of("a")).toMatchObject({ status: "True", lastTransitionTime: "1970-01-01T00:00:02.000Z" });

  board.update(second.enacted, 3e6);
  expect(of("a")).toMatchObject({ status: "True", lastTransitionTime: "1970-01-01T00:00:02.000Z" });
  expect(of("b")).toMatchObject({ status: "False", reason: "Pending" });
  board.programmed(2, "no such engine", 4e6);
  expect(of("a")).toMatchObject({ status: "True" });
  expect(of("b")).toMatchObject({
    status: "False",
    reason: "Invalid",
    message: expect.stringContaining("no such engine"),
  });

  board.lost(5e6);
  expect(of("a")).toMatchObject({ status: "False", reason: "Pending" });
});

test("a port that the host cannot open is told in the listener and its gateway", () => {
  const board = statusBoard();
  const { enacted } = shown(
    gateway("listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 81, protocol: HTTP}]"),
  );
  const reason = { reason: "PortUnavailable", message: "port 80 is in use" };

  board.update({ ...enacted, refused: new Map([["shop/front|127.0.0.1|80|http", reason]]) }, 1e6);
  board.programmed(1, undefined, 1e6);

  const { status } = board.list()[0] ?? {};
  expect(status?.listeners?.map((one) => wrong(one.conditions))).toEqual([
    ["Accepted=False PortUnavailable", "Programmed=False Invalid"],
    [],
  ]);
  // one listener of two works
  expect(status?.conditions?.[0]).toMatchObject({ type: "Accepted", status: "True", reason: "ListenersNotValid" });
});
