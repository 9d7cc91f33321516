// What can be set from outside: how long and how much is kept, and where the API listens.

import { isFollowing } from "../model/visit.ts";
import type { AccessLogSettings } from "./out/access-log.ts";
import { type OutSettings, readOutSettings } from "./out/settings.ts";
import type { Retention } from "./store/store.ts";

export type Settings = {
  readonly retention: Retention;
  readonly memoryLimitMb: number;
  /** exchanges a second that are stored; of more a weighted sample */
  readonly keptPerSecond: number | undefined;
  /** requests of visitors that are held */
  readonly visitRows: number;
  /** visitors are told apart */
  readonly isFollowing: boolean;
  readonly apiPort: number;
  /** where telemetry is sent; a sentence when it cannot be understood */
  readonly out: OutSettings | string | undefined;
  readonly accessLog: AccessLogSettings | undefined;
  /** where applications send OTLP; another one is taken when it is not free */
  readonly otlpPorts: { readonly http: number; readonly grpc: number };
};

const DEFAULT_API_PORT = 7070;
const DEFAULT_ACCESS_LOG_MB = 64;
/** OTLP's own */
const DEFAULT_OTLP_PORTS = { http: 4318, grpc: 4317 };

/**
 * MESHWISE_API_PORT, MESHWISE_KEEP_SPANS, MESHWISE_KEEP_ROLLUPS and MESHWISE_KEEP_VISITS (seconds), MESHWISE_KEEP_PER_SECOND
 * (exchanges), MESHWISE_VISITS (rows), MESHWISE_STORE_MB, MESHWISE_STORE_MEMORY_MB, MESHWISE_OTLP_HTTP_PORT and
 * MESHWISE_OTLP_GRPC_PORT, MESHWISE_ACCESS_LOG (a path) and MESHWISE_ACCESS_LOG_MB, and what out/settings.ts names; what is
 * missing or no number is as `defaults` say.
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  defaults: Pick<Settings, "retention" | "memoryLimitMb" | "visitRows">,
): Settings {
  const number = (name: string) => {
    const value = Number(environment[name] || Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const spansS = number("MESHWISE_KEEP_SPANS");
  const rollupsS = number("MESHWISE_KEEP_ROLLUPS");
  const visitsS = number("MESHWISE_KEEP_VISITS");
  const visitRows = number("MESHWISE_VISITS");
  const storeMb = number("MESHWISE_STORE_MB");
  const accessMb = number("MESHWISE_ACCESS_LOG_MB");
  const port = (name: string, otherwise: number) => {
    const value = number(name);
    return value !== undefined && value <= 65_535 ? value : otherwise;
  };
  return {
    retention: {
      spansUs: spansS === undefined ? defaults.retention.spansUs : spansS * 1e6,
      rollupsUs: rollupsS === undefined ? defaults.retention.rollupsUs : rollupsS * 1e6,
      visitsUs: visitsS === undefined ? defaults.retention.visitsUs : visitsS * 1e6,
      maxBytes: storeMb === undefined ? defaults.retention.maxBytes : storeMb * 2 ** 20,
    },
    memoryLimitMb: number("MESHWISE_STORE_MEMORY_MB") ?? defaults.memoryLimitMb,
    keptPerSecond: number("MESHWISE_KEEP_PER_SECOND"),
    visitRows: visitRows ?? defaults.visitRows,
    isFollowing: isFollowing(environment),
    apiPort: port("MESHWISE_API_PORT", DEFAULT_API_PORT),
    out: readOutSettings(environment),
    accessLog: environment.MESHWISE_ACCESS_LOG
      ? { path: environment.MESHWISE_ACCESS_LOG, maxBytes: (accessMb || DEFAULT_ACCESS_LOG_MB) * 2 ** 20 }
      : undefined,
    otlpPorts: {
      http: port("MESHWISE_OTLP_HTTP_PORT", DEFAULT_OTLP_PORTS.http),
      grpc: port("MESHWISE_OTLP_GRPC_PORT", DEFAULT_OTLP_PORTS.grpc),
    },
  };
}
