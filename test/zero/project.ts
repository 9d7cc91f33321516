// The project that is put under load: its folder, its files as they change, and `meshwise` as a user would call it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { WorkloadStatus } from "../../src/model/workload.ts";
import type { LoadResult } from "./load.ts";

const LAUNCHER = new URL("../../bin/meshwise", import.meta.url).pathname;
const APP = new URL("app.mjs", import.meta.url).pathname;
const LOAD = new URL("load.ts", import.meta.url).pathname;

export const SERVICES = ["front", "store"] as const;
const PORT = 8000;

export type Shape = { readonly replicas: number; readonly revision: number };

export type Load = { end(): Promise<LoadResult>; kill(): void };

export type Project = {
  readonly folder: string;
  /** as the Compose file says */
  readonly shape: Shape;
  /** the Compose file from the next `up` on */
  reshape(change: Partial<Shape>): void;
  /** the routes and policies from now on; all of them differ from number to number */
  configure(number: number): void;
  /** runs a command to its end and returns what it printed. @throws Error with what it said when it fails */
  meshwise(args: readonly string[], launcher?: string): Promise<string>;
  /** a load, from outside or from inside the mesh, once it is being answered */
  load(from: "outside" | "inside", rate: number): Promise<Load>;
  /** the workloads that are there, by `meshwise ps` */
  workloads(): Promise<readonly WorkloadStatus[]>;
  /** what the services wrote down: the lines of each replica that there ever was */
  records(): string[][];
  remove(): void;
};

export function project(): Project {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-zero-"));
  const records = join(folder, "records");
  mkdirSync(records, { mode: 0o777 });
  const environment = {
    ...process.env,
    NO_COLOR: "1",
    MESHWISE_STATE_DIR: join(folder, "state"),
    MESHWISE_API_PORT: "0",
  };
  let shape: Shape = { replicas: 2, revision: 0 };
  let publishedPort: number | undefined;

  /** at once, so that whoever watches it never sees a half */
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, `.${name}`), text);
    renameSync(join(folder, `.${name}`), join(folder, name));
  };

  const run = async (args: readonly string[], launcher = LAUNCHER): Promise<string> => {
    const child = Bun.spawn([launcher, ...args], {
      ...{ cwd: folder, env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      detached: true, // Ctrl-C is for us, who then end it in order
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`meshwise ${args.join(" ")}: ${err.trim()}`);
    return out;
  };

  const portOf = async (): Promise<number> => {
    const { published } = JSON.parse(await run(["ps", "-o", "json"])) as { published: { hostPort: number }[] };
    return published[0]?.hostPort as number;
  };

  return {
    folder,
    get shape() {
      return shape;
    },
    reshape(change) {
      shape = { ...shape, ...change };
      write("compose.yaml", compose(shape, records));
    },
    configure: (number) => write("meshwise.yaml", objects(number)),
    meshwise: run,
    async load(from, rate) {
      publishedPort ??= await portOf();
      const [host, port] = from === "outside" ? ["127.0.0.1", publishedPort] : ["store", PORT];
      const command = [process.execPath, LOAD, from, host, port, rate].map(String);
      const child = Bun.spawn(from === "outside" ? command : [LAUNCHER, "run", "--", ...command], {
        ...{ cwd: folder, env: environment, stdin: "pipe", stdout: "pipe", stderr: "inherit", detached: true },
      });
      const output = child.stdout.getReader();
      const first = await output.read(); // the empty line
      if (first.done) throw new Error(`the load from ${from} did not begin`);
      return {
        async end() {
          await child.stdin.end();
          const parts: Uint8Array[] = [];
          for (let part = await output.read(); !part.done; part = await output.read()) parts.push(part.value);
          return JSON.parse(Buffer.concat(parts).toString()) as LoadResult;
        },
        kill: () => child.kill(),
      };
    },
    async workloads() {
      const { workloads } = JSON.parse(await run(["ps", "-o", "json"])) as HostState;
      return workloads.filter(({ service }) => SERVICES.some((name) => name === service));
    },
    records: () => readdirSync(records).map((name) => readFileSync(join(records, name), "utf8").trimEnd().split("\n")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compose({ replicas, revision }: Shape, records: string): string {
  const service = (name: string) => `  ${name}:
    command: ${JSON.stringify(["node", APP, String(PORT), records])}
    environment: { REVISION: "${revision}" }
    expose: ["${PORT}"]
    deploy: { replicas: ${replicas} }`;
  return `name: zero
services:
${service("front")}
    ports: ["127.0.0.1::${PORT}"]
${service("store")}
`;
}

/** A route that leads where the service is anyway, and a policy; what they say changes with the number. */
function objects(number: number): string {
  const { length } = BALANCERS;
  return SERVICES.map(
    (name) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ group: "", kind: Service, name: ${name}, port: ${PORT} }]
  rules:
    - matches: [{ method: POST }]
      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier: { set: [{ name: x-revision, value: "${number}" }] }
      backendRefs: [{ name: ${name}, port: ${PORT}, weight: ${1 + (number % 3)} }]
    - backendRefs: [{ name: ${name}, port: ${PORT} }]
---
apiVersion: meshwise.dev/v1alpha1
kind: TrafficPolicy
metadata: { name: ${name} }
spec:
  targetRefs: [{ group: "", kind: Service, name: ${name} }]
  loadBalancing: { type: ${BALANCERS[number % length]} }
  circuitBreaking: { maxRequests: ${5_000 + number} }
`,
  ).join("---\n");
}

const BALANCERS = ["RoundRobin", "PeakEWMA", "LeastRequest", "Random"] as const;
