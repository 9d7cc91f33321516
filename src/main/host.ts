// The host process of one project: in the user's own namespaces, unprivileged unless root started it. It owns what must be
// outside the sandbox: control, published ports, calls to the outside, the socket for the CLI; and it starts the rest.
// How it is started and what it prints: api/host-types.ts.
import { join } from "node:path";
import { runHost } from "./host/life.ts";

await runHost(Bun.argv.slice(2), {
  runner: join(import.meta.dirname, "runner.ts"),
  observatory: join(import.meta.dirname, "observatory.ts"),
});
