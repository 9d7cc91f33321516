// Every service's stitcher, fed with what its workloads received and called. One record of the mesh is both: a call of its
// source and a request to its destination, so that these two need no stitching.
import { ABSENT, FLAG } from "../../model/span.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";
import { type Arrival, CLIENT_GONE } from "../ingest/arrival.ts";
import { hostOf } from "../live/series.ts";
import { type Names, OUTSIDE } from "../names.ts";
import type { Link } from "../stitch/exchange.ts";
import { MOST_KINDS, MOST_ROUTES } from "../stitch/model.ts";
import { type Limits, PATIENCE_US, type Stitcher, stitcher } from "../stitch/stitcher.ts";
import { tokensOf, wordsOf } from "./tokens.ts";

export type Services = {
  /** Gives the row to those whom it concerns.
   *  @param isLeftOut workloads, by their peer's id, whose calls and requests are not looked at */
  feed(id: number, arrival: Arrival, row: number, isLeftOut: (workload: number) => boolean): Fed;
  /** Everything that ended before has come. One service after the other, as long as `mayGoOn`; the rest the next time.
   *  @param nowUs of the data
   *  @returns whether all had their turn */
  advance(nowUs: number, mayGoOn: () => boolean): boolean;
  finish(): void;
};

/** `call`: whose it was is told later. `root`: it is nobody's, or it is not known that it is anybody's. */
export type Fed = "call" | "root" | "left out";

type Service = {
  readonly stitch: Stitcher;
  readonly routes: (name: string) => number;
  readonly kinds: (name: string) => number;
  /** it passes trace ids on, at least sometimes */
  propagates: boolean;
  fedUs: number;
};

const LIMITS: Limits = { delayUs: 5_000_000, patienceUs: PATIENCE_US, rows: 2_048 };
/** about 1 MB each */
const MOST_SERVICES = 256;
const FORGOTTEN_AFTER_US = 900e6;
/** a service may go on for so long with what nobody waits for any more */
const GOES_ON_US = 10e6;

export function stitchedServices(names: Names, tell: (link: Link) => void): Services {
  const services = new Map<string, Service>();
  /** by a peer's id */
  const known = new Map<number, Service | undefined>();
  let nowUs = 0;
  let forgotUs = 0;
  /** those that wait for theirs */
  let turns: Service[] = [];

  const serviceOf = (peer: number): Service | undefined => {
    const found = known.get(peer);
    if (found) {
      found.fedUs = nowUs;
      return found;
    }
    if (known.has(peer)) return undefined;
    const { workload, service, namespace } = names.byId(peer);
    const name = `${namespace}/${service}`;
    let one = services.get(name);
    if (workload === "" || service === OUTSIDE) one = undefined;
    else if (!one) {
      if (services.size >= MOST_SERVICES) return undefined; // there may be room later
      one = newService(tell, nowUs);
      services.set(name, one);
    }
    known.set(peer, one);
    return one;
  };

  const forget = () => {
    forgotUs ||= nowUs;
    if (nowUs < forgotUs + FORGOTTEN_AFTER_US) return;
    forgotUs = nowUs;
    for (const [name, service] of services) {
      if (service.fedUs >= nowUs - FORGOTTEN_AFTER_US) continue;
      service.stitch.finish();
      services.delete(name);
      for (const [peer, one] of known) if (one === service) known.delete(peer);
    }
  };

  return {
    feed(id, arrival, row, isLeftOut) {
      const { columns, paths } = arrival.batch;
      nowUs ||= arrival.receivedUs;
      const flags = columns.flags[row] as number;
      // a connection is no request: a pool keeps it for hours; and what waits by intention was caused by nothing at its start
      if (columns.protocol[row] === 0 || (flags & (FLAG.upgraded | FLAG.stream)) !== 0) return "root";
      const [from, to] = [arrival.sources[row] as number, arrival.destinations[row] as number];
      const caller = flags & (FLAG.attempt | FLAG.mirrored) ? undefined : serviceOf(from);
      const source = isLeftOut(from) ? undefined : caller;
      const target = isLeftOut(to) ? undefined : serviceOf(to);
      if (!source && !target) return caller ? "left out" : "root";

      const route = arrival.routes[row] as number;
      // by words alone each product is a kind of its own, of which hardly anything is learned
      const what = route === 0 ? `${columns.method[row]} ${wordsOf(paths[row] as string)}` : `${route}`;
      const startUs = columns.startUs[row] as number;
      const isContinued = (flags & FLAG.continued) !== 0;
      if (source) {
        source.propagates ||= isContinued;
        const hasFailed = columns.error[row] !== 0 || (columns.status[row] as number) >= 500;
        const kind = `${calleeOf(names, arrival, row)} ${what}`;
        source.stitch.called(from, {
          ...{ id, startUs, endUs: startUs + (columns.end[row] as number) },
          what: source.kinds(kind),
          ...(hasFailed && { outcome: source.kinds(`${kind}!`) }),
          tokens: tokensOf(columns, row, isContinued),
        });
      }
      if (target) {
        target.stitch.received(to, {
          ...{ id, ...heldUs(columns, row, startUs), what: target.routes(what) },
          tokens: tokensOf(columns, row, target.propagates),
        });
      }
      if (source) return "call";
      return caller ? "left out" : "root";
    },
    advance(dataUs, mayGoOn) {
      nowUs = dataUs;
      if (turns.length === 0) turns = [...services.values()];
      do turns.pop()?.stitch.advance(dataUs);
      while (turns.length > 0 && mayGoOn());
      if (turns.length > 0) return false;
      forget();
      return true;
    },
    finish() {
      for (const { stitch } of services.values()) stitch.finish();
    },
  };
}

function newService(tell: (link: Link) => void, fedUs: number): Service {
  return {
    stitch: stitcher(tell, LIMITS),
    routes: interning(MOST_ROUTES),
    kinds: interning(MOST_KINDS),
    propagates: false,
    fedUs,
  };
}

/** When the service had it: what the mesh itself took before and after is none of its steps. Who went away does not stop it. */
function heldUs(
  { pooled, lastIn, end, error }: SpanColumns,
  row: number,
  startUs: number,
): { startUs: number; endUs: number } {
  const from = pooled[row] as number;
  const to = lastIn[row] as number;
  return {
    startUs: from === ABSENT ? startUs : startUs + from,
    endUs: startUs + (to === ABSENT ? (end[row] as number) : to) + (error[row] === CLIENT_GONE ? GOES_ON_US : 0),
  };
}

function calleeOf(names: Names, { destinations, batch }: Arrival, row: number): string {
  const { service } = names.byId(destinations[row] as number);
  return service === OUTSIDE ? hostOf(batch.authorities[row] as string) : service;
}

/** a number for each name, from 0; those beyond `most` share the last one */
function interning(most: number): (name: string) => number {
  const ids = new Map<string, number>();
  return (name) => {
    const id = ids.get(name);
    if (id !== undefined) return id;
    if (ids.size === most) return most - 1;
    ids.set(name, ids.size);
    return ids.size - 1;
  };
}
