// Stands for the observatory where it does not matter: says where it is, keeps what it is told, ends with its parent.
import { appendFileSync } from "node:fs";
import { join } from "node:path";

process.stdout.write(`${JSON.stringify({ apiUrl: "http://127.0.0.1:9/", otlp: { http: 4318, grpc: 4317 } })}\n`);
process.stdin.on("end", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("data", (told) => appendFileSync(join(process.env.MESHWISE_STATE ?? "", "logs", "told.ndjson"), told));
