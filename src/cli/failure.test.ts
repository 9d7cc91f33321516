import { expect, test } from "bun:test";
import { MeshError } from "../base/errors/index.ts";
import { report, Told } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

async function reported(thrown: unknown, environment: Record<string, string> = {}): Promise<string> {
  let text = "";
  const err: Terminal = {
    write: async (more) => {
      text += String(more);
    },
    isTty: false,
    colour: false,
    columns: () => Number.POSITIVE_INFINITY,
    rows: () => Number.POSITIVE_INFINITY,
  };
  await report(thrown, { err, environment });
  return text;
}

test("a failure says what happened, to what, and what to do, without a stack", async () => {
  const text = await reported(new MeshError("project_not_running", "shop"));

  expect(text).toBe("error: No project is running here: shop. Start it with `meshwise up`.\n");
});

test("an unforeseen failure is three lines at most and names the way to its stack", async () => {
  const text = await reported(new TypeError("x is not a function"));

  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  expect(text).toContain("x is not a function");
  expect(text).toContain("MESHWISE_DEBUG=1");
});

test("the stack and its causes are shown to who asks for them", async () => {
  const cause = new Error("the cause");

  const text = await reported(new MeshError("host_silent", "late", { cause }), { MESHWISE_DEBUG: "1" });

  expect(text).toContain("failure.test.ts");
  expect(text).toContain("caused by Error: the cause");
});

test("what another process has put in words is passed on as it is", async () => {
  expect(await reported(new Told("compose.yaml:1:1: a\ncompose.yaml:2:1: b"))).toBe(
    "error: compose.yaml:1:1: a\ncompose.yaml:2:1: b\n",
  );
});
