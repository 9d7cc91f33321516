// Exchanges of one trace as a tree: each under the request it was a call of.
import type { SeenExchange } from "../../model/figures.ts";
import { callAbove } from "./app-spans.ts";
import type { LinkKind, ToldSpan } from "./types.ts";

export type TreeNode = {
  readonly exchange: SeenExchange;
  readonly parent: TreeNode | undefined;
  readonly link: LinkKind;
  readonly children: TreeNode[];
};

/** The tops, in the order of their start. @param told by span id, what services say of their own work */
export function treeOf(
  exchanges: readonly SeenExchange[],
  told: ReadonlyMap<string, ToldSpan> = new Map(),
): TreeNode[] {
  const ordered = exchanges.toSorted((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs);
  const calls = new Map(
    ordered.flatMap((exchange) => [[exchange.spanId, exchange] as const, [exchange.serverSpanId, exchange] as const]),
  );
  const nodes = new Map<SeenExchange, TreeNode>();
  const tops: TreeNode[] = [];
  // the one above comes first, since it began first; a mistake that says otherwise makes a top, never a circle
  for (const exchange of ordered) {
    const [above, link] = parentOf(exchange, calls, told, ordered);
    const parent = above && nodes.get(above);
    const node: TreeNode = { exchange, parent, link: parent || link === "root" ? link : "unknown", children: [] };
    nodes.set(exchange, node);
    (parent?.children ?? tops).push(node);
  }
  return tops;
}

function parentOf(
  of: SeenExchange,
  calls: ReadonlyMap<string, SeenExchange>,
  told: ReadonlyMap<string, ToldSpan>,
  ordered: readonly SeenExchange[],
): [SeenExchange | undefined, LinkKind] {
  if (of.parentSpanId === undefined) return [undefined, "root"];
  const isSent = of.flags.includes("continued");
  const named = callAbove(of.parentSpanId, calls, told);
  if (named && named !== of) return [named, isSent ? "sent" : "inferred"];
  // The application has spans of its own between the request and the call, and does not tell them: the innermost request that it was made in.
  const around = isSent ? ordered.findLast((one) => one !== of && isAround(one, of)) : undefined;
  return [around, around ? "sent" : "unknown"];
}

function isAround(request: SeenExchange, call: SeenExchange): boolean {
  return (
    request.destinationWorkload !== "" &&
    request.destinationWorkload === call.sourceWorkload &&
    request.startUs <= call.startUs &&
    request.startUs + request.durationUs >= call.startUs
  );
}
