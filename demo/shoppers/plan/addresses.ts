// Where visitors come from: few addresses of 127.0.0.0/8 that stand for the internet's. Homes have one of their own,
// offices and mobile carriers put many people behind one (NAT), and bots live in data centres.
import type { Device } from "./devices.ts";
import { between, chance, type Random } from "./random.ts";

/** shares of those who are not on a mobile network */
const AT_WORK = { desktop: 0.3, phone: 0.1, tablet: 0.05 } as const;
const HOMES = 1_000;
const OFFICES = 12;
const CARRIERS = 4;
const DATA_CENTRES = 24;

export function address(random: Random, device: Device): string {
  if (device.pace.name === "4g" || device.pace.name === "3g") return `127.40.0.${between(random, 1, CARRIERS)}`;
  if (chance(random, AT_WORK[device.class])) return `127.30.0.${between(random, 1, OFFICES)}`;
  const home = between(random, 0, HOMES - 1);
  return `127.20.${Math.floor(home / 250)}.${(home % 250) + 1}`;
}

export function dataCentreAddress(random: Random): string {
  return `127.50.0.${between(random, 1, DATA_CENTRES)}`;
}
