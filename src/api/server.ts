// The observatory's HTTP API on loopback: JSON for CLI and web page, text for Prometheus. It only answers questions.
import type { Clock } from "../base/clock.ts";
import { MeshError } from "../base/errors/index.ts";
import type { Observatory } from "../observatory/observatory.ts";
import { METRICS_TYPE, metricsText } from "../observatory/query/metrics.ts";
import { answer, tapRow } from "./answer.ts";
import { followStream } from "./follow.ts";
import { guard, withSecurityHeaders } from "./guard.ts";
import { FILTERS, onlyKnown, readCount, readFilter, readFlag, readWindow, WINDOW } from "./parameters.ts";
import { problem, problemOf } from "./problem.ts";
import type { Answer, EdgeRow, ProcessRow, StatRow, TapRow, WorkloadRow } from "./types.ts";

export type ApiDeps = {
  readonly clock: Clock;
  readonly observatory: Observatory;
};

export type Api = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
};

type Question = { readonly parameters: URLSearchParams; readonly request: Request; readonly keepOpen: () => void };
type Route = (deps: ApiDeps, question: Question) => Response | Promise<Response>;

const PORTS_TRIED = 100;
const DEFAULT_ROWS = 100;
const MOST_ROWS = 10_000;
const DEFAULT_RATE = 100;
const MOST_RATE = 1_000;

const ROUTES: Readonly<Record<string, Route>> = {
  "/api/v1/stat": stat,
  "/api/v1/edges": edges,
  "/api/v1/tap": tap,
  "/api/v1/workloads": workloads,
  "/api/v1/processes": processes,
  "/metrics": ({ observatory }) =>
    new Response(metricsText(observatory), { headers: { "content-type": METRICS_TYPE } }),
  "/healthz": () => new Response("ok\n"),
  "/readyz": readiness,
};

/**
 * Listens on 127.0.0.1, on `port` or the next one that is free; 0: any.
 * @throws MeshError api_no_port
 */
export function serveApi(deps: ApiDeps, port: number): Api {
  const last = port === 0 ? 0 : Math.min(port + PORTS_TRIED, 65_535);
  for (let tried = port; tried <= last; tried++) {
    try {
      return listen(deps, tried);
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && (thrown.code === "EADDRINUSE" || thrown.code === "EACCES")))
        throw thrown;
    }
  }
  throw new MeshError("api_no_port", `${port} … ${last} on 127.0.0.1`);
}

function listen(deps: ApiDeps, port: number): Api {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    async fetch(request, server) {
      const refused = guard(request, server.port as number);
      if (refused) return withSecurityHeaders(refused);
      const url = new URL(request.url);
      const route = ROUTES[url.pathname];
      const keepOpen = () => server.timeout(request, 0);
      try {
        const response = await (route
          ? route(deps, { parameters: url.searchParams, request, keepOpen })
          : problem(404, "There is nothing here", `${url.pathname}; there is ${Object.keys(ROUTES).join(", ")}`));
        return withSecurityHeaders(response);
      } catch (thrown) {
        return withSecurityHeaders(problemOf(thrown));
      }
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
}

async function stat({ clock, observatory }: ApiDeps, { parameters }: Question): Promise<Response> {
  onlyKnown(parameters, [...WINDOW, "service"]);
  const window = readWindow(parameters, clock.nowUs());
  const found = await observatory.queries.services(window, parameters.get("service") ?? undefined);
  return Response.json(answer(found, (row): StatRow => row) satisfies Answer<StatRow>);
}

async function edges({ clock, observatory }: ApiDeps, { parameters }: Question): Promise<Response> {
  onlyKnown(parameters, [...WINDOW, "service"]);
  const window = readWindow(parameters, clock.nowUs());
  const found = await observatory.queries.edges(window, parameters.get("service") ?? undefined);
  return Response.json(answer(found, (row): EdgeRow => row) satisfies Answer<EdgeRow>);
}

async function tap({ clock, observatory }: ApiDeps, question: Question): Promise<Response> {
  const { parameters, request, keepOpen } = question;
  onlyKnown(parameters, [...WINDOW, ...FILTERS, "limit", "follow", "rate"]);
  const filter = readFilter(parameters, clock.nowUs());
  const limit = readCount(parameters, "limit", MOST_ROWS);
  const rate = readCount(parameters, "rate", MOST_RATE) ?? DEFAULT_RATE;
  if (!readFlag(parameters, "follow")) {
    const found = await observatory.queries.tap(filter, limit ?? DEFAULT_ROWS);
    return Response.json(answer(found, tapRow) satisfies Answer<TapRow>);
  }
  if (filter.toUs !== undefined) throw new MeshError("question_invalid", "follow shows what comes; it takes no window");
  const headers = { "content-type": "application/x-ndjson" };
  if (request.method === "HEAD") return new Response(null, { headers });
  keepOpen(); // exchanges may be rare
  const options = { filter, rate, signal: request.signal, ...(limit === undefined ? {} : { limit }) };
  return new Response(followStream({ clock, queries: observatory.queries }, options), { headers });
}

function workloads({ observatory }: ApiDeps, { parameters }: Question): Response {
  onlyKnown(parameters, []);
  return Response.json(answer(observatory.queries.workloads(), (row): WorkloadRow => row));
}

function processes({ observatory }: ApiDeps, { parameters }: Question): Response {
  onlyKnown(parameters, []);
  return Response.json(answer(observatory.queries.processes(), (row): ProcessRow => row));
}

/** Ready: an agent reports. A store in trouble is told, but answers come all the same. */
function readiness({ observatory }: ApiDeps): Response {
  if (!observatory.queries.hasAgent()) return new Response("no agent has reported yet\n", { status: 503 });
  const trouble = observatory.trouble();
  return new Response(trouble ? `ok, but: ${trouble}\n` : "ok\n");
}
