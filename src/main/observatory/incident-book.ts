// The incidents that are known: in memory, and in the store as soon as it takes them.
import type { Incident } from "../../analysis/objectives/incident.ts";
import { objectiveKey } from "../../model/objective.ts";
import type { IncidentStore } from "../../observatory/store/store.ts";

export type IncidentBook = {
  /** those of earlier processes, once; again when the store could not be used */
  load(): Promise<void>;
  put(incident: Incident): void;
  /** newest first */
  all(): readonly Incident[];
  open(): readonly Incident[];
  /** the open one of an objective. @param key of `objectiveKey` */
  openOf(key: string): Incident | undefined;
  /** seconds since the epoch at which its last one was over */
  lastClosedS(key: string): number | undefined;
  /** writes what is not written yet; what the store does not take now stays for the next time */
  save(): Promise<void>;
};

const MOST = 1_000;

/** The budget changes all the time, and is not worth a write each. */
function textOf(incident: Incident | undefined): string {
  return JSON.stringify({ ...incident, budgetLeft: 0 });
}

export function incidentBook(store: IncidentStore): IncidentBook {
  let known = new Map<string, Incident>();
  const unsaved = new Map<string, Incident>();
  let isLoaded = false;

  const all = () => [...known.values()].sort((a, b) => Date.parse(b.opened) - Date.parse(a.opened));
  const open = () => all().filter(({ state }) => state === "open");
  const keyOf = (one: Incident) => objectiveKey({ ...one, name: one.objective });
  return {
    async load() {
      if (isLoaded) return;
      const stored = await store.read();
      if (!stored) return;
      isLoaded = true;
      const earlier = stored.map(({ id, document }) => [id, JSON.parse(document) as Incident] as const);
      known = new Map([...earlier, ...known]);
    },
    put(incident) {
      const before = known.get(incident.id);
      known.set(incident.id, incident);
      if (textOf(before) !== textOf(incident)) unsaved.set(incident.id, incident);
      for (const { id } of all().slice(MOST)) known.delete(id);
    },
    all,
    open,
    openOf: (key) => open().find((one) => keyOf(one) === key),
    lastClosedS(key) {
      const last = all().find((one) => one.closed !== undefined && keyOf(one) === key);
      return last?.closed === undefined ? undefined : Date.parse(last.closed) / 1000;
    },
    async save() {
      const rows = [...unsaved.values()];
      if (rows.length === 0) return;
      const stored = rows.map((one) => {
        return { id: one.id, openedUs: Date.parse(one.opened) * 1000, document: JSON.stringify(one) };
      });
      if (!(await store.write(stored))) return;
      for (const one of rows) if (unsaved.get(one.id) === one) unsaved.delete(one.id);
    },
  };
}
