// The shop under the mesh, with shoppers, as `npm run demo` starts it: broken on purpose, and asked.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress, Truth } from "../../demo/faults/injector.ts";
import type { ListedFault } from "../../demo/faults/server.ts";
import { ALL_CORES, runPinned, start, temporaryFolder } from "./children.ts";

const ROOT = join(import.meta.dir, "..", "..");
const SCRIPT = join(ROOT, "scripts", "demo.mjs");
const SHOPPERS = join(ROOT, "demo", "shoppers", "main.ts");
/** it takes back what it did, and ends every service in order */
const STOP_WITHIN_MS = 40_000;

export type Demo = {
  faults(): Promise<readonly ListedFault[]>;
  /** Resolves with the truth once the fault is there; it stays until `heal`. */
  inject(name: string, seed: number): Promise<Truth>;
  heal(): Promise<void>;
  /** @param path of a question of the API, such as `why` */
  ask<Document>(path: string, query: Readonly<Record<string, string>>): Promise<Document>;
  /** Changes the routes, policies and objectives that the shop runs with; the mesh sees so by itself. */
  configure(change: (text: string) => string): void;
  /** More visitors come for so long, so many a second. */
  crowd(rate: number, seconds: number): Promise<void>;
  /** Writes what the observatory has stored into a file. */
  backUp(file: string): Promise<void>;
  stop(): Promise<void>;
};

/** @param rate new visitors a second; as a user has it unless said */
export async function startDemo({ rate }: { rate?: number } = {}): Promise<Demo> {
  const environment = { MESHWISE_STATE_DIR: temporaryFolder() };
  const flags = rate === undefined ? [] : ["--rate", String(rate)];
  const child = start(["node", SCRIPT, ...flags], { environment, stopWithinMs: STOP_WITHIN_MS });
  const said: string[] = [];
  const place = (name: string) => said.flatMap((line) => line.match(new RegExp(`^${name} +(\\S+)`))?.[1] ?? [])[0];
  while (place("More to break") === undefined) said.push(await child.readLine());
  const [map, files, injector, shop] = ["The map", "Its files", "More to break", "The shop"].map(place);
  if (!map || !files || !shop) throw new Error(`the demo says nothing of its map or its files: ${said.join("\n")}`);
  const drained = drain(child.readLine);

  const order = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${injector}${path}`, init);
    if (!response.ok) throw new Error(`the demo refuses ${path}: ${await response.text()}`);
    return response;
  };
  const asked = async (path: string) => {
    const response = await fetch(new URL(`/api/v1/${path}`, map));
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response;
  };
  return {
    async faults() {
      return (await (await order("faults")).json()) as ListedFault[];
    },
    async inject(name, seed) {
      const body = JSON.stringify({ name, seed, isDetached: true });
      const response = await order("fault", { method: "POST", body });
      for await (const progress of progressOf(response)) {
        if (progress.state === "failed") throw new Error(`${name} failed: ${progress.reason}`);
        if (progress.state === "on") return lastTruth(join(files, "..", "faults", "truth"));
      }
      throw new Error(`${name} ended before it had begun`);
    },
    async heal() {
      const { troubles } = (await (await order("off", { method: "POST" })).json()) as { troubles: string[] };
      if (troubles.length > 0) throw new Error(`not everything is as before: ${troubles.join("; ")}`);
    },
    async ask<Document>(path: string, query: Readonly<Record<string, string>>) {
      return (await (await asked(`${path}?${new URLSearchParams(query)}`)).json()) as Document;
    },
    configure(change) {
      const path = join(files, "meshwise.yaml");
      // in one piece, because the mesh may look at any moment
      writeFileSync(`${path}.new`, change(readFileSync(path, "utf8")));
      renameSync(`${path}.new`, path);
    },
    async crowd(rate, seconds) {
      const flags = Object.entries({ url: shop, rate, seconds }).flatMap(([name, value]) => [
        `--${name}`,
        String(value),
      ]);
      await runPinned(ALL_CORES, [process.execPath, SHOPPERS, ...flags], { environment });
    },
    async backUp(file) {
      await Bun.write(file, await asked("backup"));
    },
    async stop() {
      await child.stop();
      await drained;
    },
  };
}

/** What was told of the fault that is there; files are numbered. */
function lastTruth(folder: string): Truth {
  const numberOf = (name: string) => Number.parseInt(name, 10);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const [last] = files.sort((a, b) => numberOf(b) - numberOf(a));
  return JSON.parse(readFileSync(join(folder, last ?? ""), "utf8")) as Truth;
}

/** a line of JSON for each step */
async function* progressOf({ body }: Response): AsyncGenerator<Progress> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) yield JSON.parse(line) as Progress;
  }
}

/** A full pipe would hold it up. */
async function drain(readLine: () => Promise<string>): Promise<void> {
  try {
    for (;;) await readLine();
  } catch {} // it has ended
}
