// Nobody in between.
import type { Contender } from "./contender.ts";

export const direct: Contender = {
  name: "direct",
  label: () => "no proxy",
  start: async ({ backendPort }) => ({ port: backendPort, children: [] }),
};
