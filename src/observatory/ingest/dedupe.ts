// Knows a batch that was sent again because its answer was lost. By content as well as by number: an agent that was
// restarted may count from the beginning under its old name.

const REMEMBERED = 256;

export type BatchId = { readonly agent: string; readonly sequence: number; readonly hash: string };

export type Dedupe = {
  /** false: it came before */
  isNew(id: BatchId): boolean;
};

export function dedupe(): Dedupe {
  const seen = new Map<string, Set<string>>();
  return {
    isNew({ agent, sequence, hash }) {
      let ids = seen.get(agent);
      if (!ids) {
        if (seen.size >= REMEMBERED) seen.delete(seen.keys().next().value as string);
        ids = new Set();
        seen.set(agent, ids);
      }
      const id = `${sequence}/${hash}`;
      if (ids.has(id)) return false;
      if (ids.size >= REMEMBERED) ids.delete(ids.values().next().value as string);
      ids.add(id);
      return true;
    },
  };
}
