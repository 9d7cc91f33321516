// Routes through the command line and a real mesh: what is written decides where requests go.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { Answer, RouteRow } from "../../src/api/types.ts";
import type { ObjectView } from "../../src/control/gateway/view.ts";
import { meshwise, type Ran } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const folder = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
const project = join(folder, "shop");
const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
const ask = (...args: readonly string[]): Promise<Ran> => meshwise(args, { directory: project, environment });

const SERVER = `Bun.serve({ hostname: "0.0.0.0", port: 8080, fetch: () => new Response(process.argv[2]) });`;
const route = (name: string, to: string, parent = '{group: "", kind: Service, name: cart, port: 8080}') => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}}
spec:
  parentRefs: [${parent}]
  rules: [{backendRefs: [{name: ${to}, port: 8080}]}]
`;

function gateway(port: number): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front}
spec: {gatewayClassName: meshwise, listeners: [{name: http, port: ${port}, protocol: HTTP}]}
---${route("front", "cart-v2", "{name: front}")}`;
}

/** who answers a workload that calls cart */
async function answersCart(): Promise<string> {
  return (
    await ask("run", "--", process.execPath, "-e", "console.log(await (await fetch('http://cart:8080/')).text())")
  ).out.trim();
}

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, "server.ts"), SERVER);
  const command = (name: string) => JSON.stringify([process.execPath, join(project, "server.ts"), name]);
  const listens = `["CMD", "${process.execPath}", "-e", "await fetch('http://127.0.0.1:8080/')"]`;
  const service = (name: string) =>
    `  ${name}: {command: ${command(name)}, expose: ["8080"], healthcheck: {test: ${listens}, interval: 1s, start_interval: 200ms, start_period: 20s}}\n`;
  writeFileSync(join(project, "compose.yaml"), `services:\n${service("cart")}${service("cart-v2")}`);
  const { code, err } = await ask("up", "-d");
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
}, 120_000);

afterAll(async () => {
  await ask("down");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("a route that is applied decides at once, is shown with its status, and is gone when it is deleted", async () => {
  expect(await answersCart()).toBe("cart");
  writeFileSync(join(folder, "r.yaml"), route("away", "cart-v2"));

  const applied = await ask("apply", "-f", join(folder, "r.yaml"));

  expect(applied.err).toContain("httproute/away created");
  expect(await answersCart()).toBe("cart-v2");
  const shown = JSON.parse((await ask("get", "httproute/away", "-o", "json")).out) as ObjectView;
  expect(shown.status.parents?.[0]?.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
    "Accepted=True",
    "ResolvedRefs=True",
    "Programmed=True",
  ]);
  expect((await ask("get", "routes")).out).toMatch(/away +service\/cart:8080 .* Programmed\n/);
  expect((await ask("delete", "httproute/away")).code).toBe(0);
  expect(await answersCart()).toBe("cart");
}, 120_000);

test("what a named rule carries is counted under its name, and a prober only when asked for", async () => {
  const rules = `[{name: browse, matches: [{path: {value: /products}}], backendRefs: [{name: cart, port: 8080}]},
    {name: all, backendRefs: [{name: cart, port: 8080}]}]`;
  const text = route("named", "cart").replace(/rules: .*/, `rules: ${rules}`);
  writeFileSync(join(folder, "n.yaml"), text);
  expect((await ask("apply", "-f", join(folder, "n.yaml"))).code).toBe(0);

  const get = (path: string, agent: string) =>
    `fetch("http://cart:8080${path}", {headers: {"user-agent": "${agent}"}})`;
  const asked = [get("/products/17", "x"), get("/cart/17", "x"), get("/ready", "kube-probe/1.31")];
  expect((await ask("run", "--", process.execPath, "-e", `await Promise.all([${asked}])`)).code).toBe(0);

  const rows = async (...more: readonly string[]) => {
    const { rows } = JSON.parse((await ask("routes", "cart", "-o", "json", ...more)).out) as Answer<RouteRow>;
    return new Map(rows.map(({ route, requests }) => [route, requests]));
  };
  await eventually(async () => (await rows()).get("browse") === 1, { withinMs: 30_000 });
  expect((await rows()).get("GET /cart/{id}")).toBe(1);
  expect([...(await rows()).keys()]).not.toContain("GET /ready");
  expect((await ask("stat", "cart")).err).toContain("1 probe or scrape is not counted; --probes counts it too.");
  expect((await rows("--probes")).get("{probe}")).toBe(1);
  expect((await ask("tap", "--route", "browse", "--since", "1m")).out).toContain("/products/17");
  expect((await ask("delete", "httproute/named")).code).toBe(0);
}, 120_000);

test("a route in a file decides soon after it is written, and a bad file changes nothing", async () => {
  mkdirSync(join(project, "meshwise"));
  const file = join(project, "meshwise", "routes.yaml");
  writeFileSync(file, route("file", "cart-v2"));
  await eventually(async () => (await answersCart()) === "cart-v2", { withinMs: 30_000 });

  writeFileSync(file, route("file", "cart").replace("rules", "rulez"));

  const warned = await eventually(
    async () => {
      const { err } = await ask("get", "routes");
      return err.includes("rulez") && err;
    },
    { withinMs: 30_000 },
  );
  expect(warned).toContain('meshwise/routes.yaml:7:3: spec.rulez: unknown key. Did you mean "rules"?');
  expect(await answersCart()).toBe("cart-v2");
  const refused = await ask("up", "-d");
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("meshwise/routes.yaml:7:3: spec.rulez");
  rmSync(file);
}, 120_000);

test("a gateway leads from the host to where its route says, also after a kill -9 of the host", async () => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  writeFileSync(join(folder, "g.yaml"), gateway(port));

  expect((await ask("apply", "-f", join(folder, "g.yaml"))).err).toContain("gateway/front created");

  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("cart-v2");
  const { pid } = JSON.parse((await ask("ps", "-o", "json")).out) as HostState;
  process.kill(pid, "SIGKILL");
  const again = await ask("up", "-d");
  expect(again.err).toContain(`gateway shop/front is at http://127.0.0.1:${port}/`);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("cart-v2");
}, 120_000);

test("a wrong use says what would be right", async () => {
  const table: readonly [args: string[], code: number, text: string][] = [
    [["apply"], 2, "required option '-f, --filename <path...>' not specified."],
    [["apply", "-f", join(folder, "none.yaml")], 1, "A file of routes or policies cannot be read:"],
    [["get", "pods"], 2, "Write one of all, routes, gateways, policies"],
    [["get", "httproute/none"], 1, "There is no such object: httproute/none. See what there is"],
    [["delete", "none"], 1, "write kind/name, such as httproute/cart"],
    [["delete"], 1, "neither a name nor a file with objects was given"],
  ];
  for (const [args, code, text] of table) {
    const ran = await ask(...args);
    expect([args, ran.code]).toEqual([args, code]);
    expect(ran.err).toContain(text);
  }
}, 120_000);
