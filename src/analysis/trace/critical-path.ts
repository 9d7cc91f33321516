// What a request waited for: back from its end, into the call that ended last, as CRISP does (Zhang et al., ATC 2022).
// What a call goes on for after its caller was done does not count.
import type { TreeNode } from "./tree.ts";

export type Segment = { readonly node: TreeNode; readonly fromUs: number; readonly toUs: number };

/** In order of time; segments are own time of their node, µs since the epoch, and add up to the top's duration. */
export function criticalPath(top: TreeNode): Segment[] {
  const segments: Segment[] = [];
  const { startUs, durationUs } = top.exchange;
  walk(top, startUs, startUs + durationUs, segments);
  return segments.reverse();
}

/** Latest first. @param fromUs, toUs within which the node counts */
function walk(node: TreeNode, fromUs: number, toUs: number, into: Segment[]): void {
  let at = toUs;
  const children = node.children.toSorted((a, b) => endOf(b) - endOf(a));
  for (const child of children) {
    const end = Math.min(endOf(child), toUs);
    const start = Math.max(child.exchange.startUs, fromUs);
    // it ran beside one that ended later, or only after the answer
    if (end > at || start >= end) continue;
    if (at > end) into.push({ node, fromUs: end, toUs: at });
    walk(child, start, end, into);
    at = start;
  }
  if (at > fromUs) into.push({ node, fromUs, toUs: at });
}

/** µs of the node in which none of its calls was running. */
export function selfUs({ exchange, children }: TreeNode): number {
  const until = exchange.startUs + exchange.durationUs;
  let at = exchange.startUs;
  let own = 0;
  for (const child of children.toSorted((a, b) => a.exchange.startUs - b.exchange.startUs)) {
    const start = Math.min(child.exchange.startUs, until);
    own += Math.max(0, start - at);
    at = Math.max(at, Math.min(endOf(child), until));
  }
  return own + Math.max(0, until - at);
}

function endOf({ exchange }: TreeNode): number {
  return exchange.startUs + exchange.durationUs;
}
