// What a proxy is made of and what it offers: the seam between the data plane and the process it runs in.
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { DialAnswer, DialRequest } from "../model/messages.ts";
import type { TrafficPage } from "../model/page/page.ts";
import type { PackedSnapshot, PublishedListener } from "../model/snapshot.ts";
import type { SpanWriter } from "../model/span-ring.ts";
import type { WorkloadIdentity } from "../model/workload.ts";
import type { Sockets } from "./sockets.ts";

/** Where a listening socket came from; it decides who calls. */
export type Origin =
  | { readonly kind: "outbound"; readonly caller: WorkloadIdentity }
  | { readonly kind: "published"; readonly listener: PublishedListener };

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** Without the parts that only the wire needs. */
export type DialTarget = Without<DialRequest, "id">;
export type DialResult =
  | { readonly ok: true; readonly fd: number }
  | Without<Extract<DialAnswer, { ok: false }>, "id" | "type">;

/** Asks the opener for a connecting socket; `done` is called exactly once, `fd` is then the proxy's to adopt. */
export type Dial = (target: DialTarget, done: (result: DialResult) => void) => void;

export type ProxyDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly sockets: Sockets;
  readonly dial: Dial;
  readonly spans: SpanWriter;
  /** what is shared with the other workers of this host */
  readonly page: TrafficPage;
  /** what makes `clock.monotonicMs` the host's monotonic clock, which all processes share */
  readonly hostOffsetMs: number;
  /** an endpoint of the workload with that key was taken out, or is given requests again. `what`: which, and why */
  readonly ejected?: (key: number, what: string) => void;
  readonly readmitted?: (key: number, what: string) => void;
  /** open connections carried to a workload (by key), shared with the supervisor */
  readonly count: (key: number, change: 1 | -1) => void;
  /** an app refused a connection on a port that the snapshot says is ready */
  readonly refused: (key: number, port: number) => void;
  /** answers a DNS message that came over TCP, without its length; `source`: the caller's key. Absent: no DNS over TCP */
  readonly dns?: (query: Buffer, source: number) => Promise<Uint8Array>;
};

export type Proxy = {
  /** adopts a listening socket; the proxy closes it at `forget`, `unpublish` or `drain` */
  listen(fd: number, origin: Origin): void;
  /** from the next request on */
  swap(snapshot: PackedSnapshot): void;
  /** the workload goes: stop accepting from it, close idle connections from and to it */
  forget(key: number): void;
  unpublish(id: number): void;
  /** for `meshwise debug connections` */
  connections(): readonly ConnectionInfo[];
  /** stops accepting, lets open exchanges finish, ends the rest after `graceMs`; resolves with how many were cut */
  drain(graceMs: number): Promise<number>;
};

export type ConnectionInfo = {
  readonly side: "downstream" | "upstream";
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly state: string;
  readonly ageMs: number;
  readonly exchanges: number;
};
