// HAProxy, set up by its own book for the job that ours does: keep-alive on both sides, connections to the backend shared
// and kept, no log, one thread.
import { startPinned } from "../support/children.ts";
import { freePort } from "../support/loopback.ts";
import { versionOf } from "../support/tools.ts";
import type { Contender, Setting } from "./contender.ts";

export const haproxyLabel = () => `haproxy ${versionOf(["haproxy", "-v"])}`;

export type Hop = {
  readonly port: number;
  /** `address:port` and what else its `server` line says */
  readonly server: string;
  readonly mode: "http" | "tcp";
  /** what the `bind` line says behind the address */
  readonly bind?: string;
  /** rules of the frontend */
  readonly rules?: readonly string[];
};

const TRACE = "http-request set-header traceparent 00-%[rand,hex]%[rand,hex]-%[rand,hex]-01";
/** as a published port of ours does it, which is the first that can be trusted */
const PUBLISHED = [
  "option forwardfor",
  "http-request set-header X-Forwarded-Proto http",
  "http-request set-header X-Forwarded-Host %[req.hdr(host)]",
  TRACE,
];
/** as ours does it between services */
export const INSIDE = [TRACE];

export const haproxy = single("haproxy", "http", PUBLISHED);
export const haproxyInside = single("haproxy", "http", INSIDE);
export const haproxyTcp = single("haproxy", "tcp", []);

function single(name: string, mode: Hop["mode"], rules: readonly string[]): Contender {
  return {
    name,
    label: haproxyLabel,
    async start(setting) {
      const port = freePort();
      const child = await startHaproxy(setting, name, {
        port,
        server: `127.0.0.1:${setting.backendPort}`,
        mode,
        rules,
      });
      return { children: [child], port };
    },
  };
}

/** One process of its own. */
export async function startHaproxy({ folder, core }: Omit<Setting, "backendPort">, name: string, hop: Hop) {
  const path = `${folder}/${name}.cfg`;
  await Bun.write(path, config(hop));
  return startPinned(core, ["haproxy", "-db", "-f", path], { log: `${folder}/${name}.log` });
}

// Idle connections are kept for longer than any section lasts, as ours are; its rule of thumb of two descriptors for each of
// them is above what many machines allow, and not needed.
function config({ port, server, mode, bind = "", rules = [] }: Hop): string {
  const shared = mode === "http" ? "http-reuse always" : "";
  return `global
  nbthread 1
  maxconn 12000
  no strict-limits

defaults
  mode ${mode}
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  ${shared}

frontend published
  bind 127.0.0.1:${port} ${bind}
${rules.map((rule) => `  ${rule}`).join("\n")}
  default_backend catalog

backend catalog
  server catalog-1 ${server} ${mode === "http" ? "pool-max-conn 512" : ""}
`;
}
