// What workloads print → OTLP log records, with secrets masked: it leaves the machine.
import { redact } from "../../base/redact.ts";
import type { LogRecord, Logs } from "../../protocol/otlp/log-messages.ts";
import type { NewLine } from "../logs/tail.ts";
import { attributesOf, nanosOf } from "./attributes.ts";
import { SCOPE } from "./spans.ts";

const LONGEST = 16_384;

export function logsOf(lines: readonly NewLine[], namespace: string): Logs {
  const byWorkload = Map.groupBy(lines, ({ service, workload }) => `${service}/${workload}`);
  const resourceLogs = [...byWorkload.values()].map((said) => {
    const [first] = said as [NewLine, ...NewLine[]];
    const attributes = attributesOf({
      "service.name": first.service,
      "service.namespace": namespace,
      "service.instance.id": first.workload,
      "telemetry.sdk.name": "meshwise",
    });
    return { resource: { attributes }, scopeLogs: [{ scope: SCOPE, logRecords: said.map(record) }] };
  });
  return { resourceLogs };
}

function record({ timeUs, stream, text }: NewLine): LogRecord {
  return {
    timeUnixNano: nanosOf(timeUs),
    observedTimeUnixNano: nanosOf(timeUs),
    body: { stringValue: redact(text.slice(0, LONGEST)) },
    // the streams of the conventions; what the mesh says of a workload has none
    attributes: attributesOf({ "log.iostream": stream === "mesh" ? undefined : stream }),
  };
}
