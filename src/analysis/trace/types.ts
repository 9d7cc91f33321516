// A trace as a document: the calls that one request caused, as a tree.
import type { SeenExchange } from "../../model/figures.ts";

/** `root`: it came from outside, or nobody is thought to have caused it. `sent`: the application passed the trace on.
 *  `inferred`: found by time and content. `unknown`: it is in the trace, but under whom is not known. */
export type LinkKind = "root" | "sent" | "inferred" | "unknown";

export type TraceSpan = Omit<SeenExchange, "startUs" | "traceId" | "parentSpanId"> & {
  /** the client span (`spanId`) of the call above it; absent at the top */
  readonly parent?: string;
  readonly link: LinkKind;
  /** calls above it */
  readonly depth: number;
  /** µs from the beginning of the trace */
  readonly offsetUs: number;
  /** µs in which none of its own calls was running */
  readonly selfUs: number;
  /** of these, µs that the whole trace waited for */
  readonly criticalUs: number;
};

export type TraceDocument = {
  readonly traceId: string;
  /** µs since the epoch */
  readonly startUs: number;
  readonly durationUs: number;
  /** that were asked, in the order of their first call */
  readonly services: readonly string[];
  readonly failures: number;
  /** of the weakest link, 0…1; 1 when there is none */
  readonly confidence: number;
  /** the tree from top to bottom, calls of one request in the order of their start */
  readonly spans: readonly TraceSpan[];
  /** what the trace waited for, in order: own time of spans; µs from its beginning */
  readonly criticalPath: readonly { readonly spanId: string; readonly fromUs: number; readonly toUs: number }[];
  /** what is not there, a sentence each */
  readonly missing: readonly string[];
};

/** A trace in a line. */
export type TraceSummary = Pick<TraceDocument, "traceId" | "startUs" | "durationUs" | "failures" | "confidence"> & {
  readonly calls: number;
  readonly services: readonly string[];
  /** the call that the trace began with */
  readonly source: string;
  readonly destination: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
};
