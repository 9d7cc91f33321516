// One hop with everything in force: fifty routes by prefix and header, retries with their budget, timeouts, ejection, a
// circuit breaker and an adaptive limit on requests at once. HAProxy and nginx do the plain job.
import type { Section } from "../suite.ts";
import { oneHop } from "./one-hop.ts";

export const hop: Section = {
  name: "hop",
  about: "CPU per request of one HTTP/1.1 hop, 50 routes and all policies in force",
  run: (options) => oneHop("hop", "routes=50", options),
};
