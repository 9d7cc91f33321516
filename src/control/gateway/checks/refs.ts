// References from one object to another, as far as the object alone shows whether they are right.
import type { Path } from "../../yaml/problems.ts";
import { GATEWAY_GROUP } from "../kinds.ts";
import type { RawBackendRef, RawParentRef } from "../raw.ts";
import type { Report } from "../report.ts";

export function checkParents(report: Report, parents: readonly RawParentRef[] | undefined): void {
  const path: Path = ["spec", "parentRefs"];
  const seen = new Map<string, RawParentRef[]>();
  for (const [index, parent] of (parents ?? []).entries()) {
    const { group = GATEWAY_GROUP, kind = "Gateway", namespace = "", name } = parent;
    const target = `${group}/${kind}/${namespace}/${name}`;
    const others = seen.get(target) ?? [];
    const isSame = others.some((other) => other.sectionName === parent.sectionName && other.port === parent.port);
    const isVague = (one: RawParentRef) => one.sectionName === undefined && one.port === undefined;
    if (isSame) {
      report.error([...path, index], "this parent is there twice", "Keep one of the two.");
    } else if (others.length > 0 && [parent, ...others].some(isVague)) {
      report.error(
        [...path, index],
        `${name} is a parent more than once, and not each time with a section or port`,
        "Give each of them a sectionName or a port, or keep the one without.",
      );
    }
    seen.set(target, [...others, parent]);
  }
}

export function isService({ group = "", kind = "Service" }: RawBackendRef): boolean {
  return group === "" && kind === "Service";
}

export function checkBackend(report: Report, backend: RawBackendRef, path: Path): void {
  if (isService(backend) && backend.port === undefined) {
    report.error(path, "port is missing", "Add the port on which the service listens.");
  }
}
