// The ends of a flow as nodes of a graph, by ids that stay the same from one answer to the next.
import type { Pair } from "../../model/figures.ts";

/** where published traffic comes from */
export const OUTSIDE = "outside";

export type NodeKind = "service" | "namespace" | "outside";

/** `id`: `shop/cart`; a folded namespace `shop/`; the outside that calls `outside`; an outside name `outside/api.example.com` */
export type NodeName = {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly namespace: string;
};

const CALLERS: NodeName = { id: OUTSIDE, kind: "outside", name: OUTSIDE, namespace: "" };

export function serviceNode(name: string, namespace: string): NodeName {
  return { id: `${namespace}/${name}`, kind: "service", name, namespace };
}

export function sourceNode({ source, sourceNamespace }: Pick<Pair, "source" | "sourceNamespace">): NodeName {
  return sourceNamespace === "" ? CALLERS : serviceNode(source, sourceNamespace);
}

export function destinationNode({
  destination,
  destinationNamespace,
}: Pick<Pair, "destination" | "destinationNamespace">): NodeName {
  if (destinationNamespace !== "") return serviceNode(destination, destinationNamespace);
  return { id: `${OUTSIDE}/${destination}`, kind: "outside", name: destination, namespace: "" };
}

export function namespaceNode(namespace: string): NodeName {
  return { id: `${namespace}/`, kind: "namespace", name: namespace, namespace };
}

/** @param asked `cart`, `shop/cart` or an id */
export function isAsked(asked: string, node: NodeName): boolean {
  return asked === node.id || asked === node.name;
}

export function byName(a: NodeName, b: NodeName): number {
  return compare(a.namespace, b.namespace) || compare(a.id, b.id);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
