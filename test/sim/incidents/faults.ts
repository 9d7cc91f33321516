// What goes wrong, and who is to blame. A fault changes the system while it runs, by real means: more own work, fewer
// threads, other calls; what comes of it is the system's affair.
import type { Draw } from "../draw.ts";
import type { Expected } from "./expect.ts";
import { type Call, callsOf, type Service, type System } from "./system.ts";

export type Trouble = {
  /** the services that a right answer names; any of them */
  readonly culprits: readonly number[];
  /** @param strength 0: as usual, 1: the whole fault */
  apply(strength: number): void;
};

export type Scene = {
  readonly draw: Draw;
  readonly system: System;
  readonly expected: Expected;
  /** services that a request to an entry reaches while somebody waits, entries included */
  readonly reached: readonly number[];
};

/** undefined: there is nobody here whom that could befall */
export type Fault = { readonly name: string; readonly begin: (scene: Scene) => Trouble | undefined };

export const FAULTS: readonly Fault[] = [
  {
    name: "own work slow",
    begin: (scene) =>
      one(scene, (service, draw) => {
        const factor = draw.wide(3, 30);
        return (strength) => {
          service.slowdown = 1 + strength * (factor - 1);
        };
      }),
  },
  {
    name: "own work waits",
    begin: (scene) =>
      one(scene, (service, draw) => {
        const ms = draw.wide(30, 1_000);
        return (strength) => {
          service.extraMs = strength * ms;
        };
      }),
  },
  {
    name: "one replica slow",
    begin: (scene) =>
      one(
        scene,
        ({ replicas }, draw) => {
          const replica = draw.pick(replicas);
          const factor = draw.wide(8, 60);
          return (strength) => {
            replica.slowdown = 1 + strength * (factor - 1);
          };
        },
        ({ replicas }) => replicas.length > 1,
      ),
  },
  {
    name: "fewer threads",
    begin: (scene) =>
      one(scene, (service, draw) => {
        const usual = service.replicas.map(({ slots }) => slots);
        const left = draw.between(0.05, 0.25);
        return (strength) => {
          service.replicas.forEach((replica, at) => {
            const slots = usual[at] as number;
            replica.slots = strength > 0 ? Math.max(1, Math.floor(slots * left)) : slots;
          });
        };
      }),
  },
  {
    name: "fails",
    begin: (scene) =>
      one(scene, (service, draw) => {
        const usual = service.failing;
        const share = draw.wide(0.03, 0.9);
        return (strength) => {
          service.failing = usual + strength * share;
        };
      }),
  },
  {
    name: "one replica fails",
    begin: (scene) =>
      one(
        scene,
        ({ replicas }, draw) => {
          const replica = draw.pick(replicas);
          const share = draw.between(0.3, 1);
          return (strength) => {
            replica.failing = strength * share;
          };
        },
        ({ replicas }) => replicas.length > 1,
      ),
  },
  {
    name: "network of an endpoint",
    begin({ draw, system, reached }) {
      const to = draw.pick(reached);
      const into = system.services.flatMap((service, at) =>
        callsOf(service).flatMap((call) => (call.to === to ? [{ at, call, usual: call.networkMs }] : [])),
      );
      if (into.length === 0) return undefined;
      const ms = draw.wide(20, 500);
      return {
        culprits: [to, ...into.map(({ at }) => at)],
        apply(strength) {
          for (const { call, usual } of into) call.networkMs = usual + strength * ms;
        },
      };
    },
  },
  {
    name: "calls more often",
    begin: (scene) =>
      calls(
        scene,
        (call) => call.chance === 1,
        (call, draw) => {
          const usual = call.times;
          const times = Math.round(draw.wide(5, 40));
          return (strength) => {
            call.times = strength > 0 ? Math.max(usual, Math.round(strength * times)) : usual;
          };
        },
      ),
  },
  {
    name: "cache cold",
    begin: (scene) =>
      calls(
        scene,
        (call) => call.chance < 0.6,
        (call) => {
          const usual = call.chance;
          return (strength) => {
            call.chance = usual + strength * (1 - usual);
          };
        },
      ),
  },
  {
    name: "timeout too short",
    begin: (scene) =>
      calls(
        scene,
        (call) => !call.isOptional,
        (call, draw, usualMs) => {
          const usual = call.timeoutMs;
          const short = usualMs * draw.between(0.5, 1.2);
          return (strength) => {
            call.timeoutMs = strength > 0 ? short : usual;
          };
        },
      ),
  },
  {
    name: "surge at an entry",
    begin({ draw, system, expected }) {
      const entry = draw.pick(system.entries);
      const ours = system.sources.filter(({ call }) => call.to === entry);
      const usual = ours.map(({ perS }) => perS);
      const factor = draw.wide(2.5, 10);
      const causes = new Float64Array(system.services.length);
      for (const { call } of ours)
        expected.visits(call.to, call.operation).forEach((count, at) => {
          causes[at]! += count;
        });
      return {
        // the entry, or whoever has too little room for it
        culprits: system.services.flatMap((_, at) => ((causes[at] as number) > 0 ? [at] : [])),
        apply(strength) {
          ours.forEach((source, at) => {
            source.perS = (usual[at] as number) * (1 + strength * (factor - 1));
          });
        },
      };
    },
  },
];

function one(
  { draw, system, reached }: Scene,
  befall: (service: Service, draw: Draw) => Trouble["apply"],
  can: (service: Service) => boolean = () => true,
): Trouble | undefined {
  const able = reached.filter((at) => can(system.services[at] as Service));
  if (able.length === 0) return undefined;
  const at = draw.pick(able);
  return { culprits: [at], apply: befall(system.services[at] as Service, draw) };
}

/** Something about how one service calls another: the caller is to blame. */
function calls(
  { draw, system, expected, reached }: Scene,
  can: (call: Call) => boolean,
  befall: (call: Call, draw: Draw, usualMs: number) => Trouble["apply"],
): Trouble | undefined {
  const able = reached.flatMap((at) =>
    (system.services[at] as Service).operations.flatMap(({ stages }) =>
      stages.flatMap((stage) => stage.filter(can).map((call) => ({ at, call }))),
    ),
  );
  if (able.length === 0) return undefined;
  const { at, call } = draw.pick(able);
  return { culprits: [at], apply: befall(call, draw, expected.latencyMs(call.to, call.operation) + call.networkMs) };
}
