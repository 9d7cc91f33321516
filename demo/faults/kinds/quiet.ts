// What is no fault: an answer to it must be that nothing is wrong.
import type { Fault } from "../fault.ts";

const nothing: Fault = {
  name: "nothing",
  summary: "nothing at all",
  needs: [],
  draw: () => ({ causes: [], begin: async () => {} }),
};

export const quiet: readonly Fault[] = [nothing];
