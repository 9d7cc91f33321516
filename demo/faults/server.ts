// The injector's door: a page for people, and the same for `meshwise demo fault`. On loopback, for our own page and for
// programs only: a page of somebody else's, open in the same browser, cannot break the shop.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { faultNamed, faults } from "./catalogue.ts";
import { type Injector, lacks, openInjector, type Progress, Refusal } from "./injector.ts";
import page from "./page.html" with { type: "text" };
import { openShop, type Shop, stateHome } from "./shop.ts";

/** what `POST /fault` takes */
export type FaultRequest = {
  readonly name: string;
  readonly seed?: number;
  readonly forMs?: number;
  /** the fault goes on when the one who asked for it is gone */
  readonly isDetached?: boolean;
};

export type ListedFault = { readonly name: string; readonly summary: string; readonly missing: readonly string[] };

/** Serves until the process ends; resolves to the address. */
export async function serve(place: Pick<Shop, "project" | "files" | "data" | "url">): Promise<string> {
  const folder = join(place.data, "faults");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const injector = openInjector(openShop(place), systemClock);
  for (const trouble of await injector.off()) console.error(`not taken back: ${trouble}`);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0, // a fault may last
    routes: {
      "/": () => new Response(page as unknown as string, { headers: PAGE_HEADERS }),
      "/faults": () => Response.json(faults.map(listed)),
      "/progress": () => Response.json(injector.progress()),
      "/truths": () => Response.json(injector.truths()),
      "/fault": { POST: ours((request) => inject(injector, request)) },
      "/off": { POST: ours(async () => Response.json({ troubles: await injector.off() })) },
    },
    fetch: () => new Response("there is no such page\n", { status: 404 }),
  });
  const address = `http://127.0.0.1:${server.port}/`;
  writeFileSync(join(folder, "address"), JSON.stringify({ project: place.project, state: stateHome(), address }), {
    mode: 0o600,
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void injector.close().finally(() => process.exit(0)));
  }
  return address;
}

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

function listed(fault: (typeof faults)[number]): ListedFault {
  return { name: fault.name, summary: fault.summary, missing: lacks(fault) };
}

/** Neither for a page of somebody else's, nor for one behind a name that was made to point at us. */
function ours(answer: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return async (request) => {
    const host = request.headers.get("host") ?? "";
    const origin = request.headers.get("origin");
    const isOurs = /^(127\.0\.0\.1|localhost):\d+$/.test(host) && (origin === null || origin === `http://${host}`);
    return isOurs ? answer(request) : new Response("this is for the page itself\n", { status: 403 });
  };
}

/** Lines of JSON, a line per step, until the fault is over. */
async function inject(injector: Injector, request: Request): Promise<Response> {
  const { name, seed = systemRandom().u32() % 1_000_000, forMs, isDetached } = (await request.json()) as FaultRequest;
  const fault = faultNamed(name);
  if (!fault) return Response.json({ error: `there is no fault ${name}` }, { status: 404 });
  const lines = new TransformStream<string, string>();
  const writer = lines.writable.getWriter();
  const signal = isDetached ? undefined : request.signal;
  const on = (progress: Progress) => void writer.write(`${JSON.stringify(progress)}\n`).catch(() => {});
  const done = injector.inject({ fault, seed, on, ...(forMs && { forMs }), ...(signal && { signal }) });
  // refused at once, or else it takes its time
  const refusal = await Promise.race([
    done.then(
      () => undefined,
      (error: Error) => error,
    ),
    Bun.sleep(0),
  ]);
  if (refusal instanceof Refusal) return Response.json({ error: refusal.message }, { status: 409 });
  void done.catch((error) => console.error(error)).finally(() => writer.close().catch(() => {}));
  return new Response(lines.readable.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "application/x-ndjson" },
  });
}
