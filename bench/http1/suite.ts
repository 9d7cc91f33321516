// One hop with nothing configured: what a request costs at least.
import { oneHop } from "../compare/one-hop.ts";
import type { Suite } from "../suite.ts";

const about = "CPU per request of one HTTP/1.1 hop, nothing configured, against HAProxy, nginx and a relay in C";

export const http1: Suite = {
  name: "http1",
  about,
  sections: [{ name: "http1", about, run: (options) => oneHop("http1", "plain", options) }],
};
