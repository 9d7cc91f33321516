// What an attribute is, by the names that exports and OpenTelemetry have for it.
import type { Attribute, EventLog } from "../log.ts";
import { AGAIN, LOOP } from "../visits/attributes.ts";

export type Roles = {
  /** of each event, 1 when it failed: what a visitor may leave for */
  readonly failed: Uint8Array;
  /** 1 when it failed or the client broke it off: it is no step that was done */
  readonly undone: Uint8Array;
  readonly status: Attribute | undefined;
  /** by code of `latency.values`; NaN: unknown */
  readonly latency: { readonly attribute: Attribute; readonly values: Float64Array } | undefined;
  /** where it was served, and by what: values that the operators choose */
  readonly technical: readonly Attribute[];
  /** who asked and for what: values that visitors, prices or campaigns choose */
  readonly others: readonly Attribute[];
};

const STATUS = /^(http[._])?(response[._])?status([._]code)?$|^code$/i;
const ERROR = /^(error|failed|timeout|error[._]type)$/i;
const LATENCY = /^(latency|duration|elapsed|response[._]?time|time[._]taken|ttfb)([._ ]?(ms|us|s|seconds|millis))?$/i;
const TECHNICAL =
  /^((service|app|k8s|host|server|cloud|net)[._])?(\w+[._])?(version|release|build|workload|pod|instance|replica|host|node|zone|region|backend|upstream|cluster|protocol|server|container)([._](name|id))?$/i;
const NOTHING = new Set(["", "0", "false", "no", "none", "ok", "-", "null"]);

export function rolesOf({ attributes, events }: EventLog): Roles {
  const named = (pattern: RegExp) => attributes.find(({ name }) => pattern.test(name));
  const status = named(STATUS);
  const error = named(ERROR);
  const timing = named(LATENCY);
  const failed = new Uint8Array(events.length);
  const undone = new Uint8Array(events.length);
  const isBad = status && marked(status, isFailure);
  const isOff = status && marked(status, (code) => code === "499" || code === "0" || code === AGAIN);
  const isWrong = error && marked(error, (value) => !NOTHING.has(value.toLowerCase()));
  for (let at = 0; at < failed.length; at++) {
    failed[at] = (isBad?.(at) ?? 0) | (isWrong?.(at) ?? 0);
    undone[at] = (failed[at] as number) | (isOff?.(at) ?? 0);
  }
  const own = new Set([status, error, timing]);
  const rest = attributes.filter((attribute) => !own.has(attribute));
  return {
    ...{ failed, undone, status: status ?? error },
    latency: timing && { attribute: timing, values: Float64Array.from(timing.values, numberOf) },
    technical: rest.filter(({ name }) => TECHNICAL.test(name) && !/browser|client|user/i.test(name)),
    others: rest.filter(({ name }) => !TECHNICAL.test(name) || /browser|client|user/i.test(name)),
  };
}

/** Of HTTP: every answer of 4xx and 5xx, 499 aside, by which a client breaks off: that is an outcome. 401 asks to sign in. */
function isFailure(status: string): boolean {
  if (status === LOOP) return true;
  const code = Number(status);
  return code >= 400 && code < 600 && code !== 499 && code !== 401;
}

function marked({ values, codes }: Attribute, isSo: (value: string) => boolean): (at: number) => number {
  const byCode = Uint8Array.from(values, (value) => Number(isSo(value)));
  return (at) => byCode[codes[at] as number] as number;
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
