// What Meshwise costs beside what others cost, in the numbers that it holds itself to.
import type { Suite } from "../suite.ts";
import { hop } from "./hop.ts";
import { service } from "./service.ts";

export const compare: Suite = {
  name: "compare",
  about: "every number that the data plane holds itself to, beside HAProxy, nginx and others",
  sections: [hop, service],
};
