// What the CLI asks the running project, over HTTP on the host socket in the state directory.
//
//   GET  /state                      → HostState
//   POST /apply   ApplyRequest       → NDJSON of ApplyEvent, ends when settled
//   POST /down                       → NDJSON of ApplyEvent, ends when everything has stopped
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
  readonly workloads: readonly WorkloadStatus[];
  readonly processes: readonly ProcessSample[];
  /** things this host cannot do, each with the line that would enable it */
  readonly limitations: readonly string[];
};

export type PublishedState = {
  readonly service: string;
  readonly targetPort: number;
  readonly hostAddress: string;
  readonly hostPort: number;
};

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
