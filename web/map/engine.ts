// ELK in a worker of its own: half a megabyte that nobody waits for at the first paint, and that never holds up a frame.
import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js" with { type: "file" };

let elk: InstanceType<typeof ELK> | undefined;

/** Begins to load it, so that it is there when the first answer is. */
export function warmUp(): void {
  elk ??= new ELK({ workerUrl });
}

export function layOut(graph: ElkNode): Promise<ElkNode> {
  elk ??= new ELK({ workerUrl });
  return elk.layout(graph);
}
