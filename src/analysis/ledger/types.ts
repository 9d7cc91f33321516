// Where the time of a service's requests went: parts of their mean that add up, and what speaks for each.

export const PARTS = [
  "waiting for a connection",
  "connecting",
  "TLS",
  "network",
  "own work: on CPU",
  "own: waiting for a CPU",
  "own: storage",
  "own: memory stall",
  "own: unexplained",
  "dependency",
  "retries",
  "proxy",
] as const;

export type Part = (typeof PARTS)[number];

export type LedgerRow = {
  readonly part: Part;
  /** which leg, which dependency, queue or limit */
  readonly of?: string;
  /** of the mean request */
  readonly ms: number;
  /** 0…1 of the mean */
  readonly share: number;
};

export type Ledger = {
  readonly requests: number;
  /** of a request, from its first byte to the last of its answer */
  readonly meanMs: number;
  /** in the order of PARTS; their ms add up to `meanMs` */
  readonly rows: readonly LedgerRow[];
};

export type LedgerConfidence = "high" | "medium" | "low";

export type LedgerDocument = {
  readonly service: string;
  readonly all: Ledger;
  /** the same of the slowest requests, those of `fromMs` and more: means add up, quantiles do not */
  readonly slow?: Ledger & { readonly fromMs: number };
  readonly confidence: LedgerConfidence;
  /** how the parts were found, a sentence each, the least certain first */
  readonly how: readonly string[];
  /** signals that this host lacks, each with the setting that would enable it */
  readonly missing: readonly { readonly signal: string; readonly enable: string }[];
};
