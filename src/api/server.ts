// The observatory's HTTP server on loopback: the API for the CLI, the web page and Prometheus, and the page itself.
import { MeshError } from "../base/errors/index.ts";
import { apiApp } from "./app.ts";
import { guard, withSecurityHeaders } from "./guard.ts";
import { page } from "./page.ts";
import { problemOf } from "./problem.ts";
import type { ApiParts } from "./question.ts";

export type ApiDeps = ApiParts & {
  /** of the built web page; it may be missing */
  readonly pageDirectory?: string;
};

export type Api = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
};

const PORTS_TRIED = 100;
const BUILT_PAGE = new URL("../../web/dist", import.meta.url).pathname;

/**
 * Listens on 127.0.0.1, on `port` or the next one that is free; 0: any.
 * @throws MeshError api_no_port
 */
export function serveApi(deps: ApiDeps, port: number): Api {
  const last = port === 0 ? 0 : Math.min(port + PORTS_TRIED, 65_535);
  const answer = answering(deps);
  for (let tried = port; tried <= last; tried++) {
    try {
      return listen(answer, tried);
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && (thrown.code === "EADDRINUSE" || thrown.code === "EACCES")))
        throw thrown;
    }
  }
  throw new MeshError("api_no_port", `${port} … ${last} on 127.0.0.1`);
}

/** On a busy machine a question about much may take longer than the usual ten seconds. */
const ANSWERED_WITHIN_S = 120;

type Answering = (request: Request, keepOpen: () => void) => Promise<Response>;

function answering(deps: ApiDeps): Answering {
  const app = apiApp(deps);
  const find = page(deps.pageDirectory ?? BUILT_PAGE);
  return async (request, keepOpen) => {
    const isPage = !/^\/(api(\/|$)|metrics$|healthz$|readyz$)/.test(new URL(request.url).pathname);
    return (isPage ? await find(request) : undefined) ?? (await app.fetch(request, { keepOpen }));
  };
}

function listen(answer: Answering, port: number): Api {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: ANSWERED_WITHIN_S,
    async fetch(request, server) {
      const refused = guard(request, server.port as number);
      if (refused) return withSecurityHeaders(refused);
      try {
        return withSecurityHeaders(await answer(request, () => server.timeout(request, 0)));
      } catch (thrown) {
        return withSecurityHeaders(problemOf(thrown));
      }
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
}
