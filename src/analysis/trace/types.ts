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

/** A span as an instrumented service tells it. */
export type ToldSpan = {
  readonly spanId: string;
  /** "": none */
  readonly parentId: string;
  readonly service: string;
  /** "" when it was not told */
  readonly instance: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly startUs: number;
  readonly durationUs: number;
  readonly status: "unset" | "ok" | "error";
  /** of an error, "" without */
  readonly message: string;
};

export type AppSpan = Omit<ToldSpan, "parentId" | "startUs"> & {
  /** span id of what it is a part of: of the services' own, or of a call */
  readonly parent?: string;
  /** client span (`spanId`) of the call that it was done for; absent: not known */
  readonly call?: string;
  /** of the services' own above it, up to that call */
  readonly depth: number;
  /** µs from the beginning of the trace, by the service's clock */
  readonly offsetUs: number;
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
  /** what instrumented services say of their own work, in the order of the calls */
  readonly appSpans: readonly AppSpan[];
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
