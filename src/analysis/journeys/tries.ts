// Requests that failed, that were broken off, or that only brought the form back: tries at a step, and no steps that were done.
import type { EventLog } from "./log.ts";

/** The same events, tries under a name of their own. @param undone by event, 1 for a try */
export function withTriesApart(log: EventLog, undone: Uint8Array): EventLog {
  const names = [...log.names, ...log.names.map((name) => `${name} ✗`)];
  if (names.length > 65_535) return log;
  const events = log.events.map((event, at) => event + (undone[at] as number) * log.names.length);
  return { ...log, names, events };
}

/** Without tries, and without attributes: for those who ask which ways there are. */
export function withoutTries(log: EventLog, undone: Uint8Array): EventLog {
  const done = undone.reduce((sum, one) => sum + 1 - one, 0);
  if (done === undone.length) return log;
  const timesMs = new Float64Array(done);
  const events = new Uint16Array(done);
  const starts: number[] = [0];
  let size = 0;
  for (let visitor = 0; visitor + 1 < log.starts.length; visitor++) {
    for (let at = log.starts[visitor] as number; at < (log.starts[visitor + 1] as number); at++) {
      if (undone[at]) continue;
      timesMs[size] = log.timesMs[at] as number;
      events[size++] = log.events[at] as number;
    }
    if (size > (starts.at(-1) as number)) starts.push(size);
  }
  return { timesMs, events, names: log.names, starts: Uint32Array.from(starts), attributes: [] };
}
