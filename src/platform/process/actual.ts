// A workload as decisions about it need it: plain data.
import type { ServiceSpec } from "../../model/project.ts";
import type { Health, WorkloadState } from "../../model/workload.ts";

export type Actual = {
  readonly key: number;
  readonly id: string;
  readonly service: string;
  readonly revision: string;
  /** what it was made from */
  readonly spec: ServiceSpec;
  readonly state: WorkloadState;
  readonly health: Health;
  readonly exitCode?: number;
  readonly restarts: number;
  readonly reason?: string;
  /** its command ran at least once */
  readonly hasStarted: boolean;
  /** it does the work that an older one did: healthy, and listening where that listened */
  readonly isReady: boolean;
};
