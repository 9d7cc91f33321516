// Where telemetry is sent, from the environment: a collector's address, and headers, which are secrets as a rule and
// belong neither in a file beside the code nor in a flag.

export type SignalName = "traces" | "metrics" | "logs";

export type OutSettings = {
  /** of OTLP/HTTP without `/v1/…`; of gRPC scheme, host and port */
  readonly endpoint: URL;
  readonly protocol: "http/protobuf" | "grpc";
  readonly headers: Readonly<Record<string, string>>;
  readonly signals: readonly SignalName[];
};

const SIGNALS: readonly SignalName[] = ["traces", "metrics", "logs"];
const PROTOCOLS = ["http/protobuf", "grpc"] as const;

/**
 * MESHWISE_OTLP_ENDPOINT, MESHWISE_OTLP_PROTOCOL, MESHWISE_OTLP_HEADERS (`name=value,…`, percent-encoded, as OpenTelemetry
 * has it) and MESHWISE_OTLP_SIGNALS. undefined: nothing is to be sent.
 * @returns a sentence when it cannot be understood
 */
export function readOutSettings(
  environment: Readonly<Record<string, string | undefined>>,
): OutSettings | string | undefined {
  const written = environment.MESHWISE_OTLP_ENDPOINT;
  if (!written) return undefined;
  const endpoint = URL.canParse(written) ? new URL(written) : undefined;
  if (!endpoint || !/^https?:$/.test(endpoint.protocol)) {
    return `MESHWISE_OTLP_ENDPOINT must be http://… or https://…, not ${written}`;
  }
  const given = environment.MESHWISE_OTLP_PROTOCOL || PROTOCOLS[0];
  const protocol = PROTOCOLS.find((one) => one === given);
  if (!protocol) return `MESHWISE_OTLP_PROTOCOL must be ${PROTOCOLS.join(" or ")}, not ${given}`;
  const names = (environment.MESHWISE_OTLP_SIGNALS || SIGNALS.join(",")).split(",").map((name) => name.trim());
  const unknown = names.find((name) => !SIGNALS.some((one) => one === name));
  if (unknown !== undefined) return `MESHWISE_OTLP_SIGNALS has ${unknown}; there are ${SIGNALS.join(", ")}`;
  const headers = readHeaders(environment.MESHWISE_OTLP_HEADERS ?? "");
  if (!headers) return "MESHWISE_OTLP_HEADERS must be name=value,… with values percent-encoded";
  return { endpoint, protocol, headers, signals: SIGNALS.filter((one) => names.includes(one)) };
}

function readHeaders(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",").filter((pair) => pair.trim() !== "")) {
    const split = pair.indexOf("=");
    const name = pair.slice(0, split).trim().toLowerCase();
    if (split < 1 || !/^[a-z0-9_.-]+$/.test(name)) return undefined;
    try {
      headers[name] = decodeURIComponent(pair.slice(split + 1).trim());
    } catch {
      return undefined;
    }
    if (/[^\x20-\x7e]/.test(headers[name] as string)) return undefined;
  }
  return headers;
}
