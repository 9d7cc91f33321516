// What changed in a mesh and may explain something.

export const CHANGE_KINDS = [
  "deployment",
  "scaling",
  "restart",
  "oom",
  "failure",
  "ejection",
  "breaker",
  "configuration",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export type Change = {
  /** µs since the epoch at which it was seen */
  readonly atUs: number;
  readonly kind: ChangeKind;
  /** "" of the mesh itself */
  readonly namespace: string;
  readonly service: string;
  /** "" of all of them */
  readonly workload: string;
  /** that came, "" without */
  readonly version: string;
  /** what it was, in one sentence without the service's name */
  readonly text: string;
};
