// From the exchanges of a trace to its document.
import type { SeenExchange } from "../../model/figures.ts";
import { appSpansOf } from "./app-spans.ts";
import { criticalPath, selfUs } from "./critical-path.ts";
import { type TreeNode, treeOf } from "./tree.ts";
import type { ToldSpan, TraceDocument, TraceSpan, TraceSummary } from "./types.ts";

/** an exchange that ended less than that ago may still get calls */
const SETTLED_AFTER_US = 16e6;

/** @param told by instrumented services, of the same trace
 *  @param exchanges of one trace, at least one; of those that belong to no trace only one
 *  @param nowUs since the epoch */
export function traceOf(
  traceId: string,
  exchanges: readonly SeenExchange[],
  nowUs: number,
  told: readonly ToldSpan[] = [],
): TraceDocument {
  const tops = treeOf(exchanges, new Map(told.map((span) => [span.spanId, span])));
  const startUs = Math.min(...tops.map(({ exchange }) => exchange.startUs));
  const path = tops.flatMap(criticalPath);
  const critical = new Map<TreeNode, number>();
  for (const { node, fromUs, toUs } of path) critical.set(node, (critical.get(node) ?? 0) + toUs - fromUs);

  const spans: TraceSpan[] = [];
  const show = (node: TreeNode, depth: number) => {
    const { startUs: beganUs, traceId: _, parentSpanId: __, ...rest } = node.exchange;
    spans.push({
      ...rest,
      ...(node.parent && { parent: node.parent.exchange.spanId }),
      ...{ link: node.link, depth, offsetUs: beganUs - startUs, selfUs: selfUs(node) },
      criticalUs: critical.get(node) ?? 0,
    });
    for (const child of node.children) show(child, depth + 1);
  };
  for (const top of tops) show(top, 0);

  const endUs = Math.max(...exchanges.map((one) => one.startUs + one.durationUs));
  return {
    ...{ traceId, startUs, durationUs: endUs - startUs },
    services: [...new Set(exchanges.toSorted((a, b) => a.startUs - b.startUs).map((one) => one.destination))],
    failures: exchanges.filter(hasFailed).length,
    confidence: Math.min(1, ...spans.filter(({ link }) => link === "inferred").map(({ confidence }) => confidence)),
    spans,
    appSpans: appSpansOf(told, spans, startUs),
    criticalPath: path.map(({ node, fromUs, toUs }) => ({
      ...{ spanId: node.exchange.spanId, fromUs: fromUs - startUs, toUs: toUs - startUs },
    })),
    missing: missing(tops, nowUs - endUs),
  };
}

export function summaryOf({ spans, ...trace }: TraceDocument): TraceSummary {
  const { source, destination, method, path, status } = spans[0] as TraceSpan;
  const { traceId, startUs, durationUs, failures, confidence, services } = trace;
  return {
    ...{ traceId, startUs, durationUs, failures, confidence, services, calls: spans.length },
    ...{ source, destination, method, path, status },
  };
}

function hasFailed({ error, status }: SeenExchange): boolean {
  return error !== undefined || status >= 500;
}

function missing(tops: readonly TreeNode[], agoUs: number): string[] {
  const said: string[] = [];
  if (agoUs < SETTLED_AFTER_US) said.push("it is some seconds old: calls may still be added to it");
  const lost = tops.filter(({ link }) => link === "unknown").length;
  if (lost > 0) said.push(`the request above ${lost === 1 ? "one call" : `${lost} calls`} is not there`);
  const unsought = tops.filter(({ link, exchange }) => link === "root" && exchange.confidence === 0);
  if (
    unsought.length > 0 &&
    agoUs >= SETTLED_AFTER_US &&
    unsought.some(({ exchange }) => exchange.protocol !== "tcp")
  ) {
    said.push("whose call it was was not looked for");
  }
  if (unsought.some(({ exchange }) => exchange.protocol === "tcp")) {
    said.push("what a connection of bytes belongs to is not known");
  }
  return said;
}
