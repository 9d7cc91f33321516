// An observatory as a mesh starts it: a process of its own, with the API and the door for telemetry.
import { join } from "node:path";
import { uploader } from "../../src/agent/supervisor/upload.ts";
import { PREFIX } from "../../src/api/question.ts";
import { systemClock } from "../../src/base/clock.ts";
import { startObservatory } from "../../src/main/host/observatory.ts";
import { stateDirectory } from "../../src/model/state-directory.ts";

export type Observed = {
  readonly pid: number;
  /** what agents send with */
  readonly upload: ReturnType<typeof uploader>;
  /** the text of an answer. @throws Error when it is not 200 */
  ask(path: string): Promise<string>;
  /** returns when it answers something that needs no thought */
  alive(): Promise<void>;
  /** exchanges that it counted as lost since it began, by the reason */
  lost(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
};

const PROJECT = "bench";
const MAIN = new URL("../../src/main/observatory.ts", import.meta.url).pathname;
const OPENS_WITHIN_MS = 120_000;

/** of a folder that `observe` takes */
export function storeIn(folder: string): string {
  return directoryIn(folder).store;
}

export async function observe(folder: string, settings: Readonly<Record<string, string>>): Promise<Observed> {
  const directory = directoryIn(folder);
  const ready = Promise.withResolvers<string>();
  const running = startObservatory({
    clock: systemClock,
    main: MAIN,
    environment: { ...process.env, ...settings, MESHWISE_STATE: directory.root, MESHWISE_API_PORT: "0" },
    errorFile: join(folder, "observatory.err"),
    onReady: ready.resolve,
    onEnd: (how) => ready.reject(new Error(`the observatory ended: ${how}`)),
  });
  const late = systemClock.after(OPENS_WITHIN_MS, () => ready.reject(new Error("the observatory did not open")));
  let url: string;
  try {
    url = await ready.promise;
  } catch (thrown) {
    await running.stop();
    throw thrown;
  } finally {
    late.cancel();
  }
  const get = async (path: string) => {
    const answer = await fetch(new URL(path, url));
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  return {
    pid: running.pid as number,
    upload: uploader(directory.ingestSocket, systemClock),
    ask: (path) => get(PREFIX + path),
    alive: async () => void (await get("/healthz")),
    async lost() {
      const told = (await get("/metrics")).matchAll(/^meshwise_lost_spans_total\{reason="(\w+)"\} (\d+)/gm);
      return new Map([...told].map(([, reason = "", spans]) => [reason, Number(spans)]));
    },
    stop: running.stop,
  };
}

function directoryIn(folder: string) {
  return stateDirectory(PROJECT, { MESHWISE_STATE_DIR: folder });
}
