// What the schema cannot say of a TCPRoute.
import type { RawTcpRoute } from "../raw.ts";
import type { Report } from "../report.ts";
import { checkBackend, checkParents } from "./refs.ts";

export function checkTcpRoute(report: Report, { parentRefs, rules }: RawTcpRoute): void {
  checkParents(report, parentRefs);
  for (const [index, { backendRefs }] of rules.entries()) {
    for (const [place, backend] of backendRefs.entries()) {
      checkBackend(report, backend, ["spec", "rules", index, "backendRefs", place]);
    }
  }
}
