// The objects of a running project: read from its files when they change, applied and deleted by the command line, and
// brought into force without touching a workload.
import type { ApplyObjects, DeleteObjects, ObjectsAnswer } from "../../api/host-types.ts";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import type { StatusBoard } from "../../control/gateway/board.ts";
import { objectFiles, readTexts } from "../../control/gateway/files.ts";
import { type Gathered, gatherer, type StoredObject, stored, storedKey } from "../../control/gateway/gather.ts";
import { objectKey } from "../../control/gateway/object.ts";
import { objectReader } from "../../control/gateway/read.ts";
import { shortcomings } from "../../control/gateway/shortcomings.ts";
import { mistakes } from "../../control/yaml/problems.ts";
import type { HostToRunner } from "../../model/messages.ts";
import type { Project } from "../../model/project.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { Emit } from "./apply.ts";
import { type Configuring, configure, rehearse } from "./configure.ts";
import type { Journal } from "./journal.ts";
import { watchObjectFiles } from "./routing-watch.ts";
import { readStored, writeStored } from "./state-files.ts";

export type ObjectsDeps = Configuring & {
  readonly journal: Journal;
  readonly send: (message: HostToRunner) => void;
  /** runs it when nothing else is being applied */
  readonly inTurn: (step: () => Promise<void>) => Promise<void>;
  /** undefined: nothing has been applied yet */
  readonly project: () => Project | undefined;
  readonly onConfig: (config: MeshConfig) => void;
};

export type Objects = {
  /** those that belong to `project`, read anew @throws MeshError objects_invalid, or objects_unreadable */
  gather(project: Project): Gathered;
  /** from here on its files are watched */
  watch(project: Project): void;
  /** ends after it emitted `done` or `error` */
  apply(request: ApplyObjects, emit: Emit): Promise<void>;
  delete(request: DeleteObjects, emit: Emit): Promise<void>;
  programmed(version: number, error: string | undefined): void;
  /** something else of the config has changed: the workers get it */
  renew(): void;
  list(): ObjectsAnswer;
  close(): void;
};

const PROGRAMMED_WITHIN_MS = 10_000;
/** ports that were taken are looked at again */
const RETRY_MS = 5000;

export function objects(deps: ObjectsDeps): Objects {
  const { clock, state, board, ports, journal } = deps;
  const gathering = gatherer();
  const waiting = new Set<{ readonly version: number; readonly done: (error: string | undefined) => void }>();
  /** mistakes in the files since they last were right */
  let problems: readonly string[] = [];
  let told: readonly string[] = [];

  const gather = (project: Project, kept = readStored(state)): Gathered =>
    gathering.gather(readTexts(objectFiles(project.directory), project.directory), kept, project.name);

  /** Brings what is written now into force; the new listeners open when the workers know what to do with them. */
  const enact = async (project: Project, gathered: Gathered, kept?: readonly StoredObject[]): Promise<void> => {
    const keep = kept ? () => writeStored(state, kept) : undefined;
    const configured = configure(deps, project, gathered.objects, keep);
    const { config } = configured;
    const programmed = inForce(config.version);
    deps.onConfig(config);
    deps.send({ type: "config", config });
    const error = await programmed;
    configured.commit();
    if (error !== undefined) throw new MeshError("objects_not_taken", error);
  };

  const inForce = (version: number): Promise<string | undefined> => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const wait = { version, done: resolve };
    const late = clock.after(PROGRAMMED_WITHIN_MS, () => resolve("the workers did not answer within 10 s"));
    waiting.add(wait);
    return promise.finally(() => {
      late.cancel();
      waiting.delete(wait);
    });
  };

  const tell = (texts: readonly string[]) => {
    const news = texts.filter((text) => !told.includes(text));
    for (const text of news) journal.say(text);
    told = texts;
  };

  const filesChanged = () =>
    deps.inTurn(async () => {
      const project = deps.project();
      if (!project) return;
      try {
        const gathered = gather(project);
        if (problems.length > 0) journal.say("the files of routes and policies are right again");
        problems = [];
        await enact(project, gathered);
        tell([...gathered.warnings, ...shortcomingsOf(board)]);
      } catch (thrown) {
        const error = asMeshError(thrown, "host_failed");
        problems = [error.sentence];
        journal.say(error.sentence);
      }
    });
  const watching = watchObjectFiles(clock, () => void filesChanged());
  const retrying = clock.every(RETRY_MS, () => {
    if (ports.refused.some((listener) => ports.isFree(listener))) void filesChanged();
  });

  const change = (emit: Emit, act: (project: Project) => Promise<string>): Promise<void> =>
    deps.inTurn(async () => {
      const began = clock.monotonicMs();
      try {
        const project = deps.project();
        if (!project) throw new MeshError("project_not_running", "nothing has been started yet");
        const text = await act(project);
        emit({ type: "done", text: `${text} (${((clock.monotonicMs() - began) / 1000).toFixed(1)} s)` });
      } catch (thrown) {
        const error = asMeshError(thrown, "host_failed");
        emit({ type: "error", code: error.code, text: error.sentence });
      }
    });

  return {
    gather,
    watch(project) {
      problems = [];
      watching.restart(project.directory);
    },
    apply: ({ texts, isDryRun }, emit) =>
      change(emit, async (project) => {
        const sources = texts.map((one) => ({ ...one, origin: "applied" as const }));
        const read = objectReader().read(sources, project.name);
        if (read.errors.length > 0) throw mistakes("objects_invalid", read.errors);
        if (read.objects.length === 0) throw new MeshError("objects_none", texts.map(({ name }) => name).join(", "));
        const before = new Map(readStored(state).map((one) => [storedKey(one), one]));
        const fresh = read.objects.map(stored);
        const after = new Map([...before, ...fresh.map((one) => [storedKey(one), one] as const)]);
        const gathered = gather(project, [...after.values()]);
        for (const text of read.warnings) emit({ type: "warning", text });
        const names = new Set(read.objects.map(objectKey));
        for (const text of gathered.warnings)
          if ([...names].some((name) => text.includes(name))) emit({ type: "warning", text });
        if (!isDryRun) await enact(project, gathered, [...after.values()]);
        const shown = isDryRun ? rehearse(deps, project, gathered.objects) : board;
        const suffix = isDryRun ? " (dry run)" : "";
        for (const one of fresh) emit({ type: "progress", text: `${storedKey(one)} ${verb(one, before)}${suffix}` });
        for (const text of shortcomingsOf(shown, names)) emit({ type: "warning", text });
        const count = `${fresh.length} object${fresh.length === 1 ? "" : "s"}`;
        return isDryRun ? `${count} would be applied, nothing has changed` : `${count} applied, every worker has them`;
      }),
    delete: ({ keys }, emit) =>
      change(emit, async (project) => {
        const before = new Map(readStored(state).map((one) => [storedKey(one), one]));
        const inFiles = new Map(
          gather(project).objects.flatMap((one) => (one.origin === "file" ? [[objectKey(one), one.source]] : [])),
        );
        for (const key of keys) {
          if (before.has(key)) continue;
          const file = inFiles.get(key);
          if (file !== undefined) throw new MeshError("object_in_file", `${key} in ${file}`);
          throw new MeshError("object_not_found", key);
        }
        const after = [...before].flatMap(([key, one]) => (keys.includes(key) ? [] : [one]));
        await enact(project, gather(project, after), after);
        for (const key of new Set(keys)) emit({ type: "progress", text: `${key} deleted` });
        return `${new Set(keys).size} object${new Set(keys).size === 1 ? "" : "s"} deleted`;
      }),
    programmed(version, error) {
      board.programmed(version, error, clock.nowUs());
      for (const one of waiting) if (version >= one.version) one.done(error);
    },
    renew: () => void filesChanged(),
    list: () => ({ rows: board.list(), problems }),
    close() {
      watching.stop();
      retrying.cancel();
    },
  };
}

function shortcomingsOf(board: StatusBoard, keys?: ReadonlySet<string>): readonly string[] {
  return board
    .list()
    .filter(({ kind, metadata }) => !keys || keys.has(`${kind.toLowerCase()}/${metadata.name}`))
    .flatMap(shortcomings);
}

function verb(one: StoredObject, before: ReadonlyMap<string, StoredObject>): string {
  const other = before.get(storedKey(one));
  if (!other) return "created";
  return JSON.stringify(other.object) === JSON.stringify(one.object) ? "unchanged" : "configured";
}
