// What our processes say to each other. Each link is a sys/channel: one JSON object per line, in order, and where a
// comment says `+ fd`, descriptors travel with the message.
//
//   host ── runner ── supervisor ─┬─ opener
//                                 └─ worker …      (opener ── worker: a channel of their own)

import type { ErrorCode } from "../base/errors/index.ts";
import type { AgentProgram, Upgraded, UpgradeRequest } from "./agent.ts";
import type { Change } from "./change.ts";
import type { DeclaredJourney } from "./journey.ts";
import type { Objectives } from "./objective.ts";
import type { Project, ResourceLimits } from "./project.ts";
import type { MeshConfig, PackedSnapshot, PublishedListener } from "./snapshot.ts";
import type { ProcessSample } from "./telemetry.ts";
import type { WhomToForget } from "./visits.ts";
import type { AddressPair, WorkloadIdentity, WorkloadStatus } from "./workload.ts";

// ── host ⇄ runner ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type HostToRunner =
  /** the whole desired state; the runner moves towards it, rolling only what differs */
  | { readonly type: "desired"; readonly project: Project; readonly config: MeshConfig }
  /** routes or policies changed, and no workload is touched */
  | { readonly type: "config"; readonly config: MeshConfig }
  /** + fd: the listening socket of a published port */
  | { readonly type: "published"; readonly listener: PublishedListener }
  | { readonly type: "unpublished"; readonly id: number }
  /** + 2 fds: the ends of a fresh channel to the host, for a new opener's egress */
  | { readonly type: "egressLink" }
  | { readonly type: "run"; readonly request: RunRequest }
  | { readonly type: "runInput"; readonly id: number /** base64; empty = end of input */; readonly data: string }
  | { readonly type: "runSignal"; readonly id: number; readonly signal: string }
  /** passed on to the supervisor, and the answer back */
  | DebugQuestion
  /** replace the agent by that program, in place; answered by `upgraded` */
  | { readonly type: "upgrade"; readonly request: UpgradeRequest }
  /** stop every workload in reverse order of dependencies, then exit */
  | { readonly type: "down" };

export type RunnerToHost =
  /** the agent's listeners work; nothing has been started yet */
  | { readonly type: "ready" }
  /** after each change of any workload, and each second */
  | {
      readonly type: "status";
      readonly workloads: readonly WorkloadStatus[];
      readonly processes: readonly OwnProcess[];
    }
  | {
      readonly type: "event";
      readonly atUs: number;
      readonly workload?: string;
      readonly text: string;
      readonly level: "info" | "warning" | "error";
    }
  | { readonly type: "egressLinkWanted" }
  | { readonly type: "runOutput"; readonly id: number; readonly stream: "stdout" | "stderr"; readonly data: string }
  | { readonly type: "runExit"; readonly id: number; readonly exitCode: number; readonly reason?: string }
  | DebugAnswer
  /** all workloads reached what was desired: started and, where they have a check, healthy; or cannot */
  | { readonly type: "settled"; readonly version: number; readonly failed: readonly string[] }
  | { readonly type: "upgrading"; readonly text: string }
  | { readonly type: "upgraded"; readonly outcome: UpgradeOutcome }
  | Programmed;

export type UpgradeOutcome =
  | { readonly ok: true; readonly upgraded: Upgraded; readonly program: AgentProgram }
  /** the agent that ran before goes on */
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Every worker has the config of that version; `error`: one could not take it and goes on with what it had. */
export type Programmed = { readonly type: "programmed"; readonly version: number; readonly error?: string };

/** For `meshwise debug`; each worker answers, the supervisor collects. */
export type DebugQuestion = {
  readonly type: "debug";
  readonly id: number;
  readonly what: "connections" | "config" | "profile";
};
export type DebugAnswer = { readonly type: "debugAnswer"; readonly id: number; readonly answer: unknown };

export type RunRequest = {
  readonly id: number;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly limits?: ResourceLimits;
};

export type OwnProcess = {
  readonly role: "runner" | "supervisor" | "opener" | "worker";
  readonly index: number;
  /** in the agent's PID namespace */
  readonly pid: number;
  /** cumulated CPU time, µs */
  readonly cpuUs: number;
  readonly pssBytes: number;
};

/** A JSON line on the observatory's stdin: every process of the mesh, by the pids that `kill` and `top` take on the host. */
export type HostToObservatory = {
  readonly processes?: readonly ProcessSample[];
  /** all that there are now */
  readonly objectives?: Objectives;
  /** that no agent sees */
  readonly change?: Change;
  /** the project is being stopped: that workloads end is no change of its own */
  readonly isEnding?: true;
  readonly forget?: Forget;
  /** all that are declared now */
  readonly journeys?: readonly DeclaredJourney[];
};

/** Nothing of these visitors is to be kept. */
export type Forget = { readonly id: number; readonly whom: WhomToForget };

/** A JSON line on the observatory's stdout. */
export type ObservatoryToHost =
  /** once, when all of it works */
  | { readonly apiUrl: string; readonly otlp: { readonly http: number; readonly grpc: number } }
  /** how many requests of visitors those were, or a sentence */
  | { readonly forgotten: Forget["id"]; readonly requests: number }
  | { readonly forgotten: Forget["id"]; readonly problem: string };

// ── runner ⇄ supervisor ───────────────────────────────────────────────────────────────────────────────────────────────
//
// There may be two supervisors at a time, see platform/process/upgrade.ts: one leads; the other stands by until it is told
// to lead, or leaves because another one does. Both are told everything.

export type RunnerToSupervisor =
  /** from now on it is the one that accepts connections, attaches and detaches; until then it stands by */
  | { readonly type: "lead" }
  /** and nobody else writes rules any more */
  | { readonly type: "write" }
  /** it has been told all there is: it says `standing` when it could lead at once */
  | { readonly type: "told" }
  /** there is no other agent: what was shared with one, or left behind by it, may go */
  | { readonly type: "alone" }
  /** another one leads: `left` as soon as it writes no rules; it finishes what is open, within `graceMs`, and ends */
  | { readonly type: "leave"; readonly graceMs: number }
  | { readonly type: "config"; readonly config: MeshConfig }
  /** + fd */
  | { readonly type: "published"; readonly listener: PublishedListener }
  | { readonly type: "unpublished"; readonly id: number }
  /** + 2 fds */
  | { readonly type: "egressLink" }
  /** make its namespace, capture, listeners and resolver; + fds: take them over, they are those of `attached` */
  | { readonly type: "attach"; readonly workload: WorkloadIdentity }
  /** its state; `routable`: healthy enough to be given traffic (the supervisor adds: its port listens) */
  | { readonly type: "workload"; readonly status: WorkloadStatus; readonly routable: boolean }
  /** all that `workload` was not said of: they wait, are being attached, have failed or have ended; for the figures only */
  | { readonly type: "unattached"; readonly workloads: readonly WorkloadStatus[] }
  /** no new traffic to it; open exchanges go on */
  | { readonly type: "drain"; readonly key: number }
  | { readonly type: "detach"; readonly key: number }
  | DebugQuestion;

export type SupervisorToRunner =
  /** the first it says. `protocol`: AGENT_PROTOCOL */
  | { readonly type: "hello"; readonly protocol: number; readonly version: string; readonly workers: number }
  | { readonly type: "ready" }
  | { readonly type: "standing" }
  | { readonly type: "left" }
  /** the last it says. `cut`: connections that had to be cut because their time of grace was over */
  | { readonly type: "ended"; readonly cut: number }
  | { readonly type: "egressLinkWanted" }
  /** its listeners stand: it may start. `netns`: path of its network namespace. + fds when it made them: its listeners,
   *  then its resolver's sockets, for whoever takes over */
  | { readonly type: "attached"; readonly key: number; readonly netns: string }
  | { readonly type: "attachFailed"; readonly key: number; readonly reason: string }
  | { readonly type: "drained"; readonly key: number }
  | { readonly type: "detached"; readonly key: number }
  | { readonly type: "readyPorts"; readonly key: number; readonly ports: readonly number[] }
  | { readonly type: "processes"; readonly processes: readonly OwnProcess[] }
  | DebugAnswer
  | Programmed
  | { readonly type: "event"; readonly text: string; readonly level: "info" | "warning" | "error" };

// ── supervisor ⇄ worker ───────────────────────────────────────────────────────────────────────────────────────────────

export type SupervisorToWorker =
  /** + 2 fds: the ends of a channel to the opener (again after the opener's restart) */
  | { readonly type: "opener" }
  | { readonly type: "snapshot"; readonly snapshot: PackedSnapshot }
  /** + fd: a listening TCP socket that captures a workload's outgoing connections */
  | { readonly type: "outbound"; readonly caller: WorkloadIdentity }
  /** + fd: a bound UDP socket at the workload's DNS_ADDRESS, port 53 */
  | { readonly type: "dns"; readonly key: number; readonly family: 4 | 6 }
  /** + fd: a listening socket in the host's namespace */
  | { readonly type: "published"; readonly listener: PublishedListener }
  | { readonly type: "unpublished"; readonly id: number }
  /** stop accepting from it and close idle connections to it */
  | { readonly type: "forget"; readonly key: number }
  | DebugQuestion
  /** finish open exchanges within `graceMs`, then exit */
  | { readonly type: "drain"; readonly graceMs: number };

export type WorkerToSupervisor =
  | { readonly type: "ready" }
  /** the snapshot of that version is in force here; with `error` it is not, and what was before still is */
  | { readonly type: "applied"; readonly version: number; readonly error?: string }
  /** the app refused a connection on a port that was said to listen: look again now */
  | { readonly type: "refused"; readonly key: number; readonly port: number }
  /** an endpoint of this workload is given no requests for some time, or again; `what`: which, why and for how long */
  | { readonly type: "ejected" | "readmitted"; readonly key: number; readonly what: string }
  | DebugAnswer
  /** `cut`: connections that were still open at the end of the time of grace */
  | { readonly type: "drained"; readonly cut: number };

// ── supervisor ⇄ opener ───────────────────────────────────────────────────────────────────────────────────────────────

export type SupervisorToOpener =
  /** + 2 fds: the ends of a channel to a worker */
  | { readonly type: "worker"; readonly index: number }
  /** + 2 fds: the ends of a channel to the host */
  | { readonly type: "egressLink" }
  | { readonly type: "egressPolicy"; readonly allowed: boolean }
  /** this workload may be dialled from now on; `netns`: path of its network namespace. Comes again when it begins or
   *  ceases to listen on ports of its own IPv6 address alone */
  | {
      readonly type: "workload";
      readonly key: number;
      readonly netns: string;
      readonly address: AddressPair;
      readonly v6OnlyPorts: readonly number[];
    }
  | { readonly type: "forget"; readonly key: number }
  /** make the workload's listeners for `workers` workers and its resolver's sockets */
  | { readonly type: "open"; readonly id: number; readonly key: number; readonly workers: number };

export type OpenerToSupervisor =
  | { readonly type: "ready" }
  /** + fds: one listener per worker, then the resolver's sockets for IPv4 and IPv6 */
  | { readonly type: "opened"; readonly id: number }
  | { readonly type: "openFailed"; readonly id: number; readonly detail: string }
  /** the host's end of the link is gone */
  | { readonly type: "egressLost" };

export type DnsRcode = "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "REFUSED";

// ── opener ⇄ worker, opener ⇄ host ────────────────────────────────────────────────────────────────────────────────────

/** Asked by a worker; the opener dials in the workload's namespace, or has the host dial (egress). */
export type DialRequest =
  | {
      readonly type: "dial";
      readonly id: number;
      /** WorkloadIdentity.key of the target */
      readonly key: number;
      readonly via: "own" | "loopback4" | "loopback6";
      readonly port: number;
    }
  | {
      readonly type: "egress";
      readonly id: number /** key of the caller */;
      readonly source: number;
      readonly address: string;
      readonly port: number;
    };

/** + fd when `ok`: a non-blocking socket whose connect is under way; the one who adopts it sees how it ends */
export type DialAnswer =
  | { readonly type: "dialed"; readonly id: number; readonly ok: true }
  | {
      readonly type: "dialed";
      readonly id: number;
      readonly ok: false;
      readonly error: "refused" | "forbidden" | "unreachable" | "unknown" | "exhausted";
      readonly detail: string;
    };

/** A name of the outside, to be asked of the host's resolver. */
export type ResolveRequest = {
  readonly type: "resolve";
  readonly id: number;
  readonly name: string;
  readonly family: 4 | 6;
};

/** Empty addresses with NOERROR: the name has none of that type. */
export type ResolveAnswer = {
  readonly type: "resolved";
  readonly id: number;
  readonly rcode: DnsRcode;
  readonly addresses: readonly string[];
  readonly ttlS: number;
};

export type WorkerToOpener = DialRequest | ResolveRequest;
export type OpenerToWorker = DialAnswer | ResolveAnswer;

/** What the opener asks of the host over an egressLink: outside connections, and names of the outside (it passes on
 *  what the workers want resolved, with ids of its own). */
export type HostRequest = Extract<DialRequest, { readonly type: "egress" }> | ResolveRequest;

/** + fd for a dial that is ok */
export type HostAnswer = DialAnswer | ResolveAnswer;
