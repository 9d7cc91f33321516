// Whether the host itself is short of something, because others than the mesh's workloads took it: then many services wait for
// it at once, and it is the fault of none of them.
import type { Answer, Class, Evidence, Finding } from "./answer.ts";
import { difference, level, over, plus, type Rates, rate, seconds, type Use } from "./use.ts";
import { percent } from "./words.ts";

/** How an answer names the host: no service can be called so. */
export const HOST = "(host)";

export type HostTrouble = {
  readonly class: Class;
  /** in a few words, and with its figures */
  readonly short: string;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** services that wait for it */
  readonly waiting: readonly string[];
};

type Kind = {
  readonly class: Class;
  readonly of: string;
  /** s of each second in which somebody on the host waits for it */
  readonly pressure: Rates;
  /** the pressure must have risen by so much */
  readonly much: number;
  /** 0…1, how much of what it wants a service waits for; undefined: it wants none, or that is not told */
  readonly waits: Rates;
  /** of the time in which it did not wait before it waits so much now: who always waits for most of it can wait little more */
  readonly more: number;
  /** what is used of it, in `unit` */
  readonly taken: Rates;
  readonly unit: string;
  /** less is nobody's trouble */
  readonly least: number;
};

const MIB = 2 ** 20;
/** CPU time a second, s: who wants less says nothing of how long he waits for it */
const WANTS = 0.002;

const KINDS: readonly Kind[] = [
  {
    ...{ class: "compute", of: "CPUs", much: 0.2, more: 0.2, unit: "CPUs", least: 0.3 },
    pressure: (used) => seconds(used, "cpuSomeUs"),
    waits(used) {
      const [ran, waited] = [seconds(used, "cpuUs"), seconds(used, "runDelayUs")];
      if (ran === undefined || waited === undefined || ran + waited < WANTS) return undefined;
      // whom his own limit holds up waits for himself
      return Math.max(0, waited - (seconds(used, "throttledUs") ?? 0)) / (ran + waited);
    },
    // a hypervisor's other guests are outside too
    taken: (used) => plus(seconds(used, "cpuUs"), seconds(used, "stealUs") ?? 0),
  },
  {
    ...{ class: "storage", of: "storage", much: 0.1, more: 0.02, unit: "MiB/s", least: 1 },
    pressure: (used) => seconds(used, "ioSomeUs"),
    waits: (used) => seconds(used, "ioDelayUs") ?? seconds(used, "ioSomeUs"),
    taken: (used) => over(plus(rate(used, "readBytes"), rate(used, "writeBytes")), MIB),
  },
  {
    ...{ class: "memory", of: "memory", much: 0.05, more: 0.02, unit: "MiB", least: 64 },
    pressure: (used) => seconds(used, "memorySomeUs"),
    waits: (used) => seconds(used, "memorySomeUs"),
    taken: (used) => over(level(used), MIB),
  },
];

/** at least so many services, and this part of those that want it */
const SEVERAL = 2;
const MOST = 0.5;
/** Of what is used more than before, so much must be others' than the workloads'. */
const OUTSIDE = 2 / 3;

/** Services whose workloads use the host: who is asked nothing uses it, too. */
export function servicesOn(
  called: readonly { readonly name: string; readonly namespace: string }[],
  workloads: readonly { readonly service: string }[],
): readonly string[] {
  const inside = called.filter(({ namespace }) => namespace !== "").map(({ name }) => name);
  return [...new Set([...inside, ...workloads.map(({ service }) => service)])];
}

/** Whether it is worth asking what each service used. */
export function isPressed(host: Use): boolean {
  return KINDS.some((kind) => risen(kind, host) >= kind.much);
}

/** The one that rose most beyond what is much; undefined: none, or it is not told by whom. */
export function hostTrouble(host: Use, services: readonly Use[]): HostTrouble | undefined {
  const pressed = KINDS.filter((kind) => risen(kind, host) >= kind.much);
  const sorted = pressed.toSorted((a, b) => risen(b, host) / b.much - risen(a, host) / a.much);
  for (const kind of sorted) {
    const found = troubleOf(kind, host, services);
    if (found) return found;
  }
  return undefined;
}

function troubleOf(kind: Kind, host: Use, services: readonly Use[]): HostTrouble | undefined {
  const wanting = services.flatMap(({ name, before, during }) => {
    const [was, is] = [kind.waits(before) ?? 0, kind.waits(during)];
    return is === undefined ? [] : [{ name, was, is }];
  });
  const waiting = wanting.filter(({ was, is }) => is - was >= kind.more * (1 - was)).sort((a, b) => b.is - a.is);
  const [most] = waiting;
  if (!most || waiting.length < SEVERAL || waiting.length < MOST * wanting.length) return undefined;

  const others = { before: outside(kind, host, services, "before"), during: outside(kind, host, services, "during") };
  if (others.before === undefined || others.during === undefined) return undefined;
  const [more, ofAll] = [others.during - others.before, difference(kind.taken, host)];
  if (more < kind.least || more < OUTSIDE * Math.max(more, ofAll)) return undefined;

  const [was, is] = [kind.pressure(host.before) ?? 0, kind.pressure(host.during) ?? 0];
  const amounts = `${round(others.during)} ${kind.unit}, ${round(others.before)} before`;
  return {
    class: kind.class,
    waiting: waiting.map(({ name }) => name),
    short: `the host is short of ${kind.of}, for which ${waiting.length} of ${wanting.length} services wait`,
    sentence: `the host is short of ${kind.of}: somebody on it waits ${percent(is)} of the time, ${percent(was)} before; others than the mesh's workloads use ${amounts}; ${waiting.length} of ${wanting.length} services wait for it, ${most.name} the most`,
    evidence: [
      { claim: `somebody on the host waits for ${kind.of}`, metric: "host pressure", ...shares(was, is) },
      { claim: `${most.name} waits for ${kind.of}`, metric: "wait", ...shares(most.was, most.is) },
    ],
  };
}

/** With the host in the first place, when it holds up whom the answer suspects and nothing else is known against him. */
export function withHost(answer: Answer, { waiting, evidence, short, sentence, ...trouble }: HostTrouble): Answer {
  const [first] = answer.findings;
  const open: readonly Class[] = ["service", "unexplained", "dependency", trouble.class];
  if (!first || !open.includes(first.class) || !first.path.some((one) => waiting.includes(one))) return answer;
  const held = answer.findings.filter(({ subject }) => waiting.includes(subject.service));
  const explained = held.reduce((sum, one) => sum + one.explained, 0);
  const found: Finding = {
    ...{ rank: 1, class: trouble.class, subject: { service: HOST }, since: first.since, sentence, evidence },
    explained: Math.min(1, Number(explained.toPrecision(4))),
    path: [...first.path, HOST],
  };
  return {
    ...answer,
    verdict: `${answer.verdict.split("; ")[0]}: ${short}`,
    findings: [found, ...answer.findings].map((one, at) => ({ ...one, rank: at + 1 })),
    next: [{ say: "see what else runs on the host, such as with top or iotop" }, ...answer.next],
  };
}

function risen({ pressure }: Kind, host: Use): number {
  return difference(pressure, host);
}

/** What is used by others; undefined: the host, or a workload, does not tell. */
function outside({ taken }: Kind, host: Use, services: readonly Use[], when: "before" | "during"): number | undefined {
  const all = taken(host[when]);
  const own = services.flatMap((one) => (one[when].length > 0 ? [taken(one[when])] : []));
  if (all === undefined || own.includes(undefined)) return undefined;
  return Math.max(0, all - own.reduce<number>((sum, one) => sum + (one ?? 0), 0));
}

function shares(was: number, is: number): Pick<Evidence, "unit" | "baseline" | "observed"> {
  return { unit: "share", baseline: round(Math.min(1, was)), observed: round(Math.min(1, is)) };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
