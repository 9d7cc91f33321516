// Routes, gateways and policies of a running project: real files, a real host; the workers are stand-ins that take them.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApplyEvent, ObjectsAnswer } from "../../src/api/host-types.ts";
import type { Change } from "../../src/model/change.ts";
import type { MeshConfig } from "../../src/model/snapshot.ts";
import { eventually } from "../support/eventually.ts";
import { apply, ask, lines, logsOf, type Started, stateOf, type TestHome, testHome } from "../support/host/start.ts";
import { sandboxed } from "../support/sandboxed.ts";

sandboxed(import.meta.path, () => {
  let home: TestHome;
  beforeEach(() => {
    home = testHome();
  });
  afterEach(() => home.remove());

  const route = (name: string, more = "") => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}}
spec:
  parentRefs: [{group: "", kind: Service, name: web}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
${more}`;
  const gateway = (port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front}
spec: {gatewayClassName: meshwise, listeners: [{name: http, port: ${port}, protocol: HTTP}]}
`;

  async function start(files: Readonly<Record<string, string>> = {}): Promise<Started> {
    const compose = home.compose("shop", "web: {command: up}");
    for (const [name, text] of Object.entries(files)) write(compose, name, text);
    return home.start(compose);
  }
  function write(compose: string, name: string, text: string): void {
    const file = join(dirname(compose), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const inForce = (host: Started): readonly string[] =>
    (JSON.parse(readFileSync(join(host.state.root, "config.json"), "utf8")) as MeshConfig).routing.http.map(
      ({ name }) => name,
    );
  const objects = async (host: Started) => (await ask(host, "/objects")).json() as Promise<ObjectsAnswer>;
  const post = async (host: Started, path: string, body: unknown): Promise<ApplyEvent[]> =>
    lines(await ask(host, path, { method: "POST", body: JSON.stringify(body) }));
  const applyText = (host: Started, text: string, isDryRun = false) =>
    post(host, "/objects", { texts: [{ name: "given.yaml", text }], isDryRun });
  const texts = (events: readonly ApplyEvent[]) =>
    events.map(({ type, text }) => `${type}: ${text.replace(/ \(\d.*/, "")}`);
  const freePort = () => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { port } = server;
    server.stop(true);
    return port;
  };

  test("files beside the Compose file are in force with the project, and every change of them soon after", async () => {
    const host = await start({ "meshwise.yaml": route("a") });
    await apply(host);
    expect(inForce(host)).toEqual(["shop/a"]);

    write(host.file, "meshwise/b.yml", route("b")); // the folder appears now
    await eventually(() => inForce(host).includes("shop/b"));

    // as editors do: a new file takes the place of the old one
    const file = join(dirname(host.file), "meshwise.yaml");
    writeFileSync(`${file}.new`, route("c"));
    renameSync(`${file}.new`, file);
    await eventually(() => inForce(host).includes("shop/c"));
    expect([...inForce(host)].sort()).toEqual(["shop/b", "shop/c"]);

    rmSync(join(dirname(host.file), "meshwise"), { recursive: true });
    await eventually(() => !inForce(host).includes("shop/b"));
  });

  test("what the user changed is told, and what came with the start is not", async () => {
    const host = await start({ "meshwise/a.yaml": route("a") });
    await apply(host);
    const told = () =>
      lines<{ change?: Change }>(new Response(readFileSync(join(host.state.root, "logs", "told.ndjson")))).then((all) =>
        all.flatMap(({ change }) => (change ? [`${change.service}: ${change.text}`] : [])),
      );

    write(host.file, "meshwise/a.yaml", route("a").replace("port: 80}", "port: 81}"));
    await eventually(async () => (await told()).length === 2);
    await applyText(host, route("b"));
    await eventually(async () => (await told()).length === 3);

    expect(await told()).toEqual([
      ": the project was started",
      "web: httproute/a rules[0].backendRefs[web].port 80 → 81",
      "web: httproute/b is new, rules[0].backendRefs[web].port 80",
    ]);
  });

  test("a bad file changes nothing, says what is wrong, and is forgotten when it is right again", async () => {
    const host = await start({ "meshwise/a.yaml": route("a") });
    await apply(host);

    write(host.file, "meshwise/b.yaml", route("b").replace("rules", "rulez"));
    await eventually(async () => (await objects(host)).problems.length > 0);

    expect((await objects(host)).problems[0]).toContain(
      'meshwise/b.yaml:6:3: spec.rulez: unknown key. Did you mean "rules"?',
    );
    expect((await logsOf(host)).map(({ text }) => text).join("\n")).toContain("meshwise/b.yaml:6:3");
    expect(inForce(host)).toEqual(["shop/a"]);
    write(host.file, "meshwise/b.yaml", route("b"));
    await eventually(() => inForce(host).includes("shop/b"));
    expect((await objects(host)).problems).toEqual([]);
  });

  test("a project with a bad file does not come up, and says why", async () => {
    const host = await start({ "meshwise.yaml": "kind: GRPCRoute\n" });

    expect((await apply(host)).at(-1)).toMatchObject({
      type: "error",
      code: "objects_invalid",
      text: expect.stringContaining("meshwise.yaml:1:7: kind: GRPCRoute is not supported."),
    });
  });

  test("what is applied is in force, survives a kill -9 of the host, and goes when it is deleted", async () => {
    const host = await start();
    await apply(host);

    expect(texts(await applyText(host, route("a")))).toEqual([
      "progress: httproute/a created",
      "done: 1 object applied, every worker has them",
    ]);
    expect(texts(await applyText(host, route("a")))[0]).toBe("progress: httproute/a unchanged");
    host.process.kill("SIGKILL");
    await host.process.exited;
    const next = await home.start(host.file);
    await apply(next);

    expect(inForce(next)).toEqual(["shop/a"]);
    const { rows } = await objects(next);
    expect(rows[0]?.metadata.annotations).toEqual({ "meshwise.dev/source": "applied from given.yaml:1" });
    expect(texts(await post(next, "/objects/delete", { keys: ["httproute/a"] }))).toEqual([
      "progress: httproute/a deleted",
      "done: 1 object deleted",
    ]);
    expect(inForce(next)).toEqual([]);
    expect((await post(next, "/objects/delete", { keys: ["httproute/a"] })).at(-1)).toMatchObject({
      type: "error",
      code: "object_not_found",
    });
  });

  test("a dry run says what would be and changes nothing", async () => {
    const host = await start();
    await apply(host);

    const events = await applyText(host, route("a").replace("name: web, port", "name: wbe, port"), true);

    expect(texts(events)).toEqual([
      "progress: httproute/a created (dry run)",
      "warning: httproute/a: ResolvedRefs (BackendNotFound): there is no service wbe; its share of the requests is answered 500",
      "done: 1 object would be applied, nothing has changed",
    ]);
    expect(inForce(host)).toEqual([]);
    expect((await objects(host)).rows).toEqual([]);
  });

  test("what is wrong is not applied, and nothing of what came with it", async () => {
    const host = await start();
    await apply(host);

    const events = await applyText(host, `${route("a")}---\nkind: Pod\n`);

    expect(events).toMatchObject([{ type: "error", code: "objects_invalid" }]);
    expect(inForce(host)).toEqual([]);
  });

  test("a file wins over what was applied under the same name, and is not deleted by a command", async () => {
    const host = await start({ "meshwise.yaml": route("a", '  hostnames: ["file.example"]\n') });
    await apply(host);

    const events = await applyText(host, route("a", '  hostnames: ["applied.example"]\n'));

    expect(texts(events)).toContain(
      "warning: httproute/a was applied too; what holds is meshwise.yaml:1. Remove one: `meshwise delete httproute/a`.",
    );
    expect((await objects(host)).rows.map(({ spec }) => spec)).toMatchObject([{ hostnames: ["file.example"] }]);
    await post(host, "/objects/delete", { keys: ["httproute/a"] });
    expect(inForce(host)).toEqual(["shop/a"]);
    expect((await post(host, "/objects/delete", { keys: ["httproute/a"] })).at(-1)).toMatchObject({
      code: "object_in_file",
    });
  });

  test("a gateway's port is open once it is programmed, and closed when the gateway goes", async () => {
    const port = freePort();
    const host = await start();
    await apply(host);

    await applyText(host, gateway(port));

    expect((await stateOf(host)).gateways).toEqual([
      { gateway: "shop/front", hostAddress: "127.0.0.1", hostPort: port, protocol: "http" },
    ]);
    expect(await reach(port)).toBe(true);
    await post(host, "/objects/delete", { keys: ["gateway/front"] });
    expect((await stateOf(host)).gateways).toEqual([]);
    // told to those inside, who write it down in their own time
    await eventually(async () => (await logsOf(host)).some(({ text }) => text === "unpublished 1"));
  });

  test("a gateway's port that somebody holds is told, keeps nothing else back, and is taken when it is free", async () => {
    const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const host = await start({ "meshwise/a.yaml": gateway(holder.port), "meshwise/b.yaml": route("b") });

    const events = await apply(host);

    expect(events.find(({ type }) => type === "warning")?.text).toContain(
      `gateway/front: listener http not accepted (PortUnavailable): A port to publish is in use: port ${holder.port} of 127.0.0.1 for gateway shop/front`,
    );
    expect(events.at(-1)?.type).toBe("done");
    expect(inForce(host)).toEqual(["shop/b"]);
    holder.stop(true);
    await eventually(async () => (await stateOf(host)).gateways.length === 1, { withinMs: 20_000 });
  }, 60_000);

  test("workers that cannot take a config are told in the status", async () => {
    const host = await start({ "meshwise/a.yaml": route("a") });
    await apply(host);
    writeFileSync(join(host.state.root, "broken-workers"), "");

    const events = await applyText(host, route("b"));

    expect(events.at(-1)).toMatchObject({ type: "error", code: "objects_not_taken" });
    const { rows } = await objects(host);
    const programmed = Object.fromEntries(
      rows.map(({ metadata, status }) => [
        metadata.name,
        status.parents?.[0]?.conditions.find(({ type }) => type === "Programmed")?.status,
      ]),
    );
    expect(programmed).toEqual({ a: "True", b: "False" });
  });

  async function reach(port: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: { data: () => resolve(true), connectError: () => resolve(false), close: () => resolve(false) },
    }).catch(() => resolve(false));
    return promise;
  }
});
