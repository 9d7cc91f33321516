// All faults, by name.
import type { Fault } from "./fault.ts";
import { compound } from "./kinds/compound.ts";
import { compute } from "./kinds/compute.ts";
import { configuration } from "./kinds/configuration.ts";
import { dependencies } from "./kinds/dependencies.ts";
import { deployments } from "./kinds/deployments.ts";
import { load } from "./kinds/load.ts";
import { losses } from "./kinds/losses.ts";
import { memory } from "./kinds/memory.ts";
import { network } from "./kinds/network.ts";
import { quiet } from "./kinds/quiet.ts";
import { replicas } from "./kinds/replicas.ts";
import { storage } from "./kinds/storage.ts";

export const faults: readonly Fault[] = [
  ...compute,
  ...memory,
  ...storage,
  ...network,
  ...dependencies,
  ...replicas,
  ...deployments,
  ...configuration,
  ...load,
  ...losses,
  ...compound,
  ...quiet,
];

export function faultNamed(name: string): Fault | undefined {
  return faults.find((one) => one.name === name);
}
