// Names of OTLP's enumerations, which its JSON forbids and some senders write all the same.
const NUMBERED = [
  ["SPAN_KIND_", ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]],
  ["STATUS_CODE_", ["UNSET", "OK", "ERROR"]],
  ["AGGREGATION_TEMPORALITY_", ["UNSPECIFIED", "DELTA", "CUMULATIVE"]],
] as const;
const SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** undefined: there is no such name */
export function enumeration(name: string): number | undefined {
  for (const [prefix, names] of NUMBERED) {
    if (!name.startsWith(prefix)) continue;
    const number = (names as readonly string[]).indexOf(name.slice(prefix.length));
    return number < 0 ? undefined : number;
  }
  const severity = /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/.exec(name);
  const rank = SEVERITIES.indexOf(severity?.[1] ?? "");
  if (rank >= 0) return rank * 4 + Number(severity?.[2] || 1);
  return severity?.[1] === "UNSPECIFIED" ? 0 : undefined;
}
