// What the CLI asks the running project, over HTTP on the host socket in the state directory.
//
//   GET  /state                      → HostState
//   POST /apply   ApplyRequest       → NDJSON of ApplyEvent, ends when settled
//   POST /down                       → NDJSON of ApplyEvent, ends when everything has stopped
//   POST /upgrade UpgradeRequest     → NDJSON of UpgradeEvent, ends when the old agent has ended
//   GET  /objects                    → ObjectsAnswer
//   POST /objects  ApplyObjects      → NDJSON of ApplyEvent, ends when every worker has them
//   POST /objects/delete  DeleteObjects    → the same
//   POST /visitors/forget ForgetRequest → ForgetAnswer
//   GET  /logs?service=…&tail=N&follow=1   → NDJSON of LogLine
//   POST /run     RunBody            → NDJSON of RunEvent; the first has the id
//   POST /run/<id>/input             ← raw bytes; its end is the end of input
//   POST /run/<id>/signal?name=INT
//   GET  /debug/<config|connections|profile>   → JSON
//
// How the CLI starts a host that does not run yet, in a session of its own (Bun.spawn's `detached`), so that the
// terminal's Ctrl-C reaches the CLI alone:
//   bun src/main/host.ts --file <absolute Compose file> --state <StateDirectory.root> [--follow-parent]
// with the user's environment. stdin: with --follow-parent a pipe whose end means "down", else nothing. stdout: one line
// of JSON, HostReport. Then the CLI does POST /apply; a host whose first apply fails, or that gets none, ends by itself.
// stderr: only what a crash prints. The host's own messages are in the log of the pseudo-workload "mesh".
// SIGINT or SIGTERM: down; a second one: at once.
import type { ObjectView } from "../control/gateway/view.ts";
import type { Upgraded } from "../model/agent.ts";
import type { ProcessSample } from "../model/telemetry.ts";
import type { WorkloadStatus } from "../model/workload.ts";

export type HostReport =
  | { readonly type: "listening"; readonly socket: string; readonly pid: number }
  /** the host has ended; `text` is for the user, one mistake per line */
  | { readonly type: "error"; readonly code: string; readonly text: string };

export type HostState = {
  readonly project: string;
  readonly composeFile: string;
  readonly pid: number;
  readonly startedAtUs: number;
  readonly rootless: boolean;
  /** http://127.0.0.1:<port> of the observatory; absent while it is down */
  readonly apiUrl?: string;
  readonly published: readonly PublishedState[];
  readonly gateways: readonly GatewayState[];
  readonly workloads: readonly WorkloadStatus[];
  readonly processes: readonly ProcessSample[];
  /** things this host cannot do, each with the line that would enable it */
  readonly limitations: readonly string[];
};

/** A visitor by what he shows: the value of his session cookie or credential, or else where he comes from; or all there are. */
export type ForgetRequest =
  | { readonly secret: string }
  | { readonly address: string; readonly userAgent: string }
  | { readonly everybody: true };

/** how many requests those were */
export type ForgetAnswer = { readonly requests: number };

export type PublishedState = {
  readonly service: string;
  readonly targetPort: number;
  readonly hostAddress: string;
  readonly hostPort: number;
};

/** A socket of a Gateway. */
export type GatewayState = {
  /** `<namespace>/<name>` */
  readonly gateway: string;
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly protocol: "http" | "tcp";
};

export type ObjectsAnswer = {
  readonly rows: readonly ObjectView[];
  /** why the files are not in force as they are now; empty: they are */
  readonly problems: readonly string[];
};

export type ApplyObjects = {
  /** YAML, with the name by which the user knows it */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  readonly isDryRun: boolean;
};

export type DeleteObjects = { /** such as `httproute/cart` */ readonly keys: readonly string[] };

export type ApplyRequest = {
  readonly composeFile: string /** keys of the user's environment that Compose interpolates */;
  readonly environment: Readonly<Record<string, string>>;
};

/** The last event is `done` or `error`. While something is awaited, `progress` comes at least each second. */
export type ApplyEvent =
  | { readonly type: "progress"; readonly text: string }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "done"; readonly text: string }
  | { readonly type: "error"; readonly code: string; readonly text: string };

/** `done` comes when the old agent has ended; with `error` it goes on. */
export type UpgradeEvent =
  | Exclude<ApplyEvent, { readonly type: "done" }>
  | (Extract<ApplyEvent, { readonly type: "done" }> & { readonly upgraded: Upgraded });

export type LogLine = {
  readonly timeUs: number;
  readonly workload: string;
  readonly stream: "stdout" | "stderr" | "mesh";
  readonly text: string;
};

export type RunBody = {
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
};

export type RunEvent =
  | { readonly type: "started"; readonly id: number }
  /** base64 */
  | { readonly type: "stdout" | "stderr"; readonly data: string }
  | { readonly type: "exit"; readonly exitCode: number; readonly reason?: string };
