// What Meshwise costs beside what others cost, in the numbers that it holds itself to.
import type { Suite } from "../suite.ts";
import { bodies } from "./bodies.ts";
import { hop } from "./hop.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { policies } from "./policies.ts";
import { router } from "./router.ts";
import { service } from "./service.ts";
import { tcp } from "./tcp.ts";

export const compare: Suite = {
  name: "compare",
  about: "every number that the data plane holds itself to, beside HAProxy, nginx and others",
  sections: [hop, service, bodies, tcp, idle, latency, router, policies, memory],
};
