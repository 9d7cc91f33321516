// Starts the observatory and starts it again when it ends: it can be down without anything else stopping.
import { closeSync } from "node:fs";
import type { Clock, Timer } from "../../base/clock.ts";
import type { HostToObservatory } from "../../model/messages.ts";
import { restartBackoff } from "./backoff.ts";
import type { OtlpDoors } from "./egress-link.ts";
import { howEnded, openOutput } from "./output-file.ts";

export type ObservatoryOptions = {
  readonly clock: Clock;
  readonly main: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** takes what it prints on stderr */
  readonly errorFile: string;
  readonly onReady: (apiUrl: string) => void;
  readonly onEnd: (how: string, againMs: number) => void;
};

export type Observatory = {
  readonly pid: number | undefined;
  /** absent while it is down */
  readonly apiUrl: string | undefined;
  readonly otlp: OtlpDoors | undefined;
  /** what only the host knows; nothing happens while it is down */
  tell(message: HostToObservatory): void;
  /** resolves when the one that ran has ended; another one is started */
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): void;
};

const STOP_WITHIN_MS = 5_000;

/** Tells the collector of a small machine, so that it collects early: at 20,000 spans/s 145 MB instead of 205–250 MB. */
const HEAP_HINT_BYTES = String(128 << 20);

export function startObservatory(options: ObservatoryOptions): Observatory {
  const { clock } = options;
  const backoff = restartBackoff(clock);
  let current: Bun.Subprocess<"pipe", "pipe", number> | undefined;
  let ready: Ready | undefined;
  let again: Timer | undefined;
  let isEnding = false;

  const start = () => {
    again = undefined;
    let child: Bun.Subprocess<"pipe", "pipe", number>;
    try {
      child = spawn(options);
    } catch (error) {
      restart(error instanceof Error ? error.message : String(error)); // such as too many open files
      return;
    }
    current = child;
    backoff.begun();
    void firstLine(child.stdout).then((line) => {
      const said = readReady(line);
      if (said === undefined || current !== child) return;
      ready = said;
      options.onReady(said.apiUrl);
    });
    void child.exited.then(() => {
      current = undefined;
      ready = undefined;
      if (!isEnding) restart(howEnded(child, options.errorFile));
    });
  };

  const restart = (how: string) => {
    const againMs = backoff.next();
    again = clock.after(againMs, start);
    options.onEnd(how, againMs);
  };

  const end = async () => {
    const child = current;
    if (!child) return;
    child.kill("SIGTERM");
    const late = clock.after(STOP_WITHIN_MS, () => child.kill("SIGKILL"));
    await child.exited;
    late.cancel();
  };

  start();
  return {
    get pid() {
      return current?.pid;
    },
    get apiUrl() {
      return ready?.apiUrl;
    },
    get otlp() {
      return ready?.otlp;
    },
    tell(message) {
      current?.stdin.write(`${JSON.stringify(message)}\n`);
      void current?.stdin.flush();
    },
    restart: end,
    stop() {
      isEnding = true;
      again?.cancel();
      return end();
    },
    kill() {
      isEnding = true;
      again?.cancel();
      current?.kill("SIGKILL");
    },
  };
}

function spawn({ main, environment, errorFile }: ObservatoryOptions): Bun.Subprocess<"pipe", "pipe", number> {
  const errors = openOutput(errorFile);
  try {
    // it ends when we do, also by kill -9, with the chance to close its store
    return Bun.spawn(["setpriv", "--pdeathsig", "TERM", "--", process.execPath, main], {
      stdio: ["pipe", "pipe", errors],
      env: { ...environment, BUN_JSC_forceRAMSize: HEAP_HINT_BYTES },
    });
  } finally {
    closeSync(errors);
  }
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const first = Promise.withResolvers<string>();
  // read to the end: a full pipe would stop it
  void (async () => {
    for await (const chunk of output) {
      if (text.includes("\n")) continue;
      text += decoder.decode(chunk, { stream: true });
      const end = text.indexOf("\n");
      if (end >= 0) first.resolve(text.slice(0, end));
    }
    first.resolve(text);
  })();
  return first.promise;
}

type Ready = { readonly apiUrl: string; readonly otlp: OtlpDoors };

function readReady(line: string): Ready | undefined {
  try {
    const { apiUrl, otlp } = JSON.parse(line) as Partial<Ready>;
    return typeof apiUrl === "string" && otlp ? { apiUrl, otlp } : undefined;
  } catch {
    return undefined;
  }
}
