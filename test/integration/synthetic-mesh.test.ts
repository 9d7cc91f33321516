// The synthetic mesh that the page and its tests are shown: its driver as a process, and what makes it worth looking at.
import { expect, test } from "bun:test";
import type { HealthAnswer, MapAnswer } from "../../src/api/types.ts";
import { eventually } from "../support/eventually.ts";
import { syntheticMesh } from "../support/synthetic-mesh.ts";

const DRIVER = new URL("../support/synthetic-mesh.driver.ts", import.meta.url).pathname;
const OPTIONS = { services: 200, namespaces: 8, seed: 1 };

test("the same seed makes the same mesh, another one another", () => {
  const spansOf = (seed: number) => syntheticMesh({ ...OPTIONS, seed }).spans(1.7e15, 1.7e15 + 2e6);

  expect(spansOf(1)).toEqual(spansOf(1));
  expect(spansOf(1)).not.toEqual(spansOf(2));
});

test("a driver shows every service and its trouble, survives a restart, and ends with its input", async () => {
  const child = Bun.spawn([process.execPath, DRIVER, "--past", "60"], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const reading = (async () => {
    for await (const chunk of child.stdout) said += new TextDecoder().decode(chunk);
  })();
  const lines = () => said.split("\n").filter(Boolean);
  const urlOf = (line: string | undefined) => (JSON.parse(line ?? "{}") as { apiUrl: string }).apiUrl;
  const get = async <T>(path: string) => (await (await fetch(`${urlOf(lines()[0])}/api/v1${path}`)).json()) as T;
  await eventually(() => lines().length === 1, { withinMs: 40_000 });

  const map = await get<MapAnswer>("/map?since=2m&expand=*");
  const folded = await get<MapAnswer>("/map?since=2m");
  await eventually(async () => (await get<HealthAnswer>("/health?since=2m")).health.state === "bad");
  child.stdin.write("restart\n");
  child.stdin.flush();
  await eventually(() => lines().length === 2, { withinMs: 40_000 });
  const after = await get<MapAnswer>("/map?since=5m&expand=*");
  child.stdin.end();
  const code = await child.exited;
  await reading;

  const services = map.nodes.filter(({ kind }) => kind === "service");
  expect(services).toHaveLength(200);
  expect(services.filter(({ signals }) => signals.requests === 0).length).toBeLessThan(10);
  expect(folded.namespaces).toHaveLength(8);
  expect(folded.nodes.filter(({ kind }) => kind === "namespace")).toHaveLength(8);
  expect(urlOf(lines()[1])).toBe(urlOf(lines()[0]));
  expect(after.nodes.filter(({ kind }) => kind === "service")).toHaveLength(200);
  expect(code).toBe(0);
});
