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
  /** it runs long enough, or its check passed: it is not one that ends at once */
  readonly isProven: boolean;
  /** it does the work that an older one did: proven, and listening where that listened */
  readonly isReady: boolean;
};
