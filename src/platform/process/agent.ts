// What the process platform needs of the agent that carries its workloads' traffic.
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";

export type Agent = {
  /** resolves with the path of the workload's network namespace when its listeners stand; rejects with MeshError */
  attach(workload: WorkloadIdentity): Promise<string>;
  /** its state; `routable`: it may be given traffic */
  tell(status: WorkloadStatus, routable: boolean): void;
  /** no new traffic to it; resolves when open exchanges are over. May take for ever */
  drain(key: number): Promise<void>;
  /** its network may go; resolves when it has */
  detach(key: number): Promise<void>;
  /** ports that it listens on now */
  readyPorts(key: number): readonly number[];
};
