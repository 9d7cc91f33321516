// All open connections of a worker, with one coarse look at their deadlines: no timer per request.
import type { Downstream, Roster, Upstream } from "./shapes.ts";

export function roster(): Roster {
  const all: (Downstream | Upstream)[] = [];
  return {
    all,
    add(connection) {
      connection.place = all.length;
      all.push(connection);
    },
    remove(connection) {
      const place = connection.place;
      if (place < 0) return;
      connection.place = -1;
      const last = all.pop();
      if (!last || last === connection) return;
      all[place] = last;
      last.place = place;
    },
    sweep(nowMs) {
      // backwards: an expired connection may leave, which moves the last one into its place
      for (let i = all.length - 1; i >= 0; i--) {
        const connection = all[i];
        if (!connection || connection.deadline > nowMs) continue;
        connection.deadline = Number.POSITIVE_INFINITY;
        if (connection.side === "downstream") connection.stage.expire(connection);
        else connection.stage.expire(connection);
      }
    },
  };
}
