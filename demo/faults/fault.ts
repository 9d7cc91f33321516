// What a fault is: what is done, by which means, and the truth about it.
import type { Random } from "../../src/base/random.ts";
import type { Hands } from "./hands.ts";
import type { Need } from "./host/needs.ts";
import type { Workload } from "./shop.ts";

export type CauseClass =
  | "compute"
  | "storage"
  | "memory"
  | "network"
  | "dependency"
  | "deployment"
  | "configuration"
  | "load"
  | "saturation"
  | "dns"
  | "client"
  | "unexplained";

export type Cause = {
  /** the first says it best, the others are not wrong */
  readonly classes: readonly [CauseClass, ...CauseClass[]];
  readonly subject: {
    readonly service: string;
    readonly workload?: string;
    readonly version?: string;
    readonly route?: string;
  };
  /** a sentence for a person who wants to know what it was */
  readonly what: string;
};

/** What a person who feels it would ask about. */
export type Symptom = { readonly service: string; readonly metric: "latency" | "errors" };

export type Draw = {
  /** none: nothing is wrong */
  readonly causes: readonly Cause[];
  /** what happens at the same time and is innocent */
  readonly decoys?: readonly Cause[];
  readonly symptom?: Symptom;
  /** what must stand before and has no effect by itself; it is done well before the onset */
  readonly prepare?: (hands: Hands) => Promise<void>;
  readonly begin: (hands: Hands) => Promise<void>;
};

export type Scene = {
  readonly workloads: readonly Workload[];
  /** CPU seconds per second that a workload used lately */
  readonly cores: (workload: Workload) => number;
  readonly products: readonly string[];
};

export type Fault = {
  readonly name: string;
  /** what is done, not where: the place is drawn */
  readonly summary: string;
  readonly needs: readonly Need[];
  /** Pure: the same random and the same scene give the same fault. */
  draw(random: Random, scene: Scene): Draw;
};

/** the first workload of a service that has one */
export function only({ workloads }: Scene, service: string): Workload {
  const workload = workloads.find((one) => one.service === service);
  if (!workload) throw new Error(`${service} does not run`);
  return workload;
}
