// What only the agent sees of its workloads and may explain something. It stands in each sample for a while, because a
// sample may be lost; whoever reads it knows what it has seen already.
import type { Clock } from "../../base/clock.ts";
import type { Change } from "../../model/change.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";

export type NoticedChanges = {
  add(kind: Change["kind"], of: Pick<WorkloadIdentity, "id" | "service" | "version">, text: string): void;
  /** oldest first */
  lately(): readonly Change[];
};

const TOLD_US = 30e6;
/** an endpoint that comes and goes must not make samples large */
const MOST = 64;

/** @param namespaceOf of a service; undefined: nobody knows it any more */
export function noticedChanges(clock: Clock, namespaceOf: (service: string) => string | undefined): NoticedChanges {
  let told: Change[] = [];
  return {
    add(kind, { id: workload, service, version }, text) {
      const namespace = namespaceOf(service);
      if (namespace === undefined) return;
      told = [...told, { atUs: clock.nowUs(), kind, namespace, service, workload, version, text }].slice(-MOST);
    },
    lately() {
      const fromUs = clock.nowUs() - TOLD_US;
      told = told.filter(({ atUs }) => atUs >= fromUs);
      return told;
    },
  };
}
