// What happens all the time and harms nobody: a replica that is rolled and slow until it is warm, a service that is scaled,
// a host that is busy for a moment. Each changes the system while it runs, and takes it back.
import type { Draw } from "../draw.ts";
import type { System } from "./system.ts";

export type Ordinary = {
  /** called at each ten seconds */
  turn(): void;
  /** how many of each there were */
  readonly counts: { deployments: number; scalings: number; busy: number };
};

type Running = { left: number; end: () => void };

const STEP_S = 10;
/** of the whole mesh, per hour */
const DEPLOYMENTS = 1;
const SCALINGS = 2;
const BUSY = 4;

export function ordinary(draw: Draw, { services }: System): Ordinary {
  const counts = { deployments: 0, scalings: 0, busy: 0 };
  const running: Running[] = [];
  const happens = (perHour: number) => draw.chance((perHour * STEP_S) / 3600);

  /** one replica after the other, each slow while it warms up */
  const deploy = () => {
    counts.deployments++;
    const { replicas } = draw.pick(services);
    const slow = draw.between(1.2, 2.5);
    const each = 2 + draw.below(4);
    const roll = (at: number) => {
      const replica = replicas[at];
      if (!replica) return;
      replica.slowdown = slow;
      running.push({
        left: each,
        end() {
          replica.slowdown = 1;
          roll(at + 1);
        },
      });
    };
    roll(0);
  };
  const scale = () => {
    counts.scalings++;
    const { replicas } = draw.pick(services);
    const before = replicas.map(({ slots }) => slots);
    const factor = draw.between(0.75, 2);
    replicas.forEach((replica) => {
      replica.slots = Math.max(2, Math.round(replica.slots * factor));
    });
    running.push({
      left: 30 + draw.below(330),
      end: () =>
        replicas.forEach((replica, at) => {
          replica.slots = before[at] as number;
        }),
    });
  };
  const busy = () => {
    counts.busy++;
    const service = draw.pick(services);
    service.slowdown = draw.between(1.1, 1.6);
    running.push({
      left: 1 + draw.below(6),
      end() {
        service.slowdown = 1;
      },
    });
  };

  return {
    counts,
    turn() {
      for (const one of running.splice(0)) {
        if (--one.left > 0) running.push(one);
        else one.end();
      }
      if (happens(DEPLOYMENTS)) deploy();
      if (happens(SCALINGS)) scale();
      if (happens(BUSY)) busy();
    },
  };
}
