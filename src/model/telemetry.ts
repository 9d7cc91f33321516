// What an agent sends to the observatory each second: a batch of spans and a sample of everything that has a level.
//
// A batch is one block of bytes: u32 length of a JSON header, the header, padding to 8, then the columns of model/span.ts
// (columnsSize(rows) bytes), then path and authority of each row, each terminated by "\n" (neither can contain one),
// in Latin-1. All numbers little-endian. model/span-batch.ts writes and reads it.
import type { Change } from "./change.ts";
import type { ResourceSample } from "./resources.ts";
import type { HttpRule } from "./route.ts";
import type { WorkloadStatus } from "./workload.ts";

export type BatchHeader = {
  readonly rows: number;
  /** rises by one with each batch of an agent's life, so that a repeated upload is not counted twice */
  readonly sequence: number;
  readonly agent: string;
  /** by key, of the rules (HttpRule) that its spans name: their names, and what their requests are to be counted as */
  readonly rules?: Readonly<Record<string, string>>;
  readonly countedAs?: Readonly<Record<string, string>>;
};

export type NamedRule = Pick<HttpRule, "name" | "countedAs">;

export type Sample = {
  readonly agent: string;
  readonly atUs: number;
  readonly project: string;
  readonly services: readonly ServiceSample[];
  readonly workloads: readonly WorkloadSample[];
  /** our own processes */
  readonly processes: readonly ProcessSample[];
  /** all of the agent's host, cumulated since it was booted */
  readonly host?: ResourceSample;
  /** what only the agent sees, such as ejections; each stands in some samples, for one may be lost */
  readonly changes?: readonly Change[];
  /** spans lost since the agent started, by where they were lost */
  readonly lost: { readonly ring: number; readonly upload: number };
};

export type ServiceSample = {
  readonly key: number;
  readonly name: string;
  readonly namespace: string;
  /** declared templates of its paths, such as `/products/{slug}` */
  readonly routes?: readonly string[];
};

export type WorkloadSample = WorkloadStatus & {
  /** open connections that the mesh carries to this workload now */
  readonly connections: number;
  readonly readyPorts: readonly number[];
};

export type ProcessSample = ResourceSample & {
  readonly role: "host" | "runner" | "supervisor" | "opener" | "worker" | "observatory";
  readonly index: number;
  readonly pid: number;
  /** proportional set size */
  readonly pssBytes?: number;
};
