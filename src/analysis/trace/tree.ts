// Exchanges of one trace as a tree: each under the request it was a call of.
import type { SeenExchange } from "../../model/figures.ts";
import type { LinkKind } from "./types.ts";

export type TreeNode = {
  readonly exchange: SeenExchange;
  readonly parent: TreeNode | undefined;
  readonly link: LinkKind;
  readonly children: TreeNode[];
};

/** The tops, in the order of their start. */
export function treeOf(exchanges: readonly SeenExchange[]): TreeNode[] {
  const ordered = exchanges.toSorted((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs);
  const byServerSpan = new Map(ordered.map((exchange) => [exchange.serverSpanId, exchange]));
  const nodes = new Map<SeenExchange, TreeNode>();
  const tops: TreeNode[] = [];
  // the one above comes first, since it began first; a mistake that says otherwise makes a top, never a circle
  for (const exchange of ordered) {
    const [above, link] = parentOf(exchange, byServerSpan, ordered);
    const parent = above && nodes.get(above);
    const node: TreeNode = { exchange, parent, link: parent || link === "root" ? link : "unknown", children: [] };
    nodes.set(exchange, node);
    (parent?.children ?? tops).push(node);
  }
  return tops;
}

function parentOf(
  of: SeenExchange,
  byServerSpan: ReadonlyMap<string, SeenExchange>,
  ordered: readonly SeenExchange[],
): [SeenExchange | undefined, LinkKind] {
  if (of.parentSpanId === undefined) return [undefined, "root"];
  const isSent = of.flags.includes("continued");
  const named = byServerSpan.get(of.parentSpanId);
  if (named) return [named, isSent ? "sent" : "inferred"];
  // The application has spans of its own between the request and the call: the innermost request that it was made in.
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
