// One series of figures: who called whom, on which port, in which protocol, by which route and method, which version
// answered, with which outcome. Every exchange belongs to exactly one, and finding it is on the path of every span: two
// lookups by a number.
import { ERROR_CODES, ERRORS, type ErrorCode, isCallees, isOurs } from "../../base/errors/index.ts";
import { isSuccess, METHODS, PROTOCOLS } from "../../model/span.ts";
import { OUTSIDE } from "../names.ts";
import { OTHER_ROUTE } from "../routes/book.ts";
import type { Histogram } from "./histogram.ts";

export type SeriesName = {
  readonly source: string;
  readonly sourceNamespace: string;
  readonly destination: string;
  readonly destinationNamespace: string;
  readonly port: number;
  readonly protocol: string;
  /** "" without, OTHER_ROUTE for those that had no room */
  readonly route: string;
  /** "" without */
  readonly method: string;
  /** of the workload that was given it, "" without */
  readonly version: string;
  /** 0 without HTTP status, else 1 … 5 */
  readonly statusClass: number;
  /** a code of base/errors, "" without */
  readonly error: string;
};

export type Series = SeriesName & {
  readonly isSuccess: boolean;
  /** a failure that speaks of the callee: not one that the caller caused, such as going away, nor one of the mesh */
  readonly isFault: boolean;
  /** a failure of the mesh itself */
  readonly isOurs: boolean;
  /** where `/metrics` counts it, by method and status */
  readonly histograms: Map<number, Histogram>;
  /** seconds since the epoch at which it was counted last */
  lastS: number;
};

/** One end of an edge: a service, or an outside name that was called. */
export type End = { readonly name: string; readonly namespace: string };

/** What goes from one end to another on one port in one protocol, and the series that it is made of. */
export type Edge = Pick<
  SeriesName,
  "source" | "sourceNamespace" | "destination" | "destinationNamespace" | "port" | "protocol"
> & { readonly byNumber: Map<number, Series> };

export type SeriesBook = {
  edge(source: End, destination: End, port: number, protocol: number): Edge;
  /** the series of an exchange on that edge. @param route id of a route; @param version from `version` */
  find(edge: Edge, route: number, method: number, version: number, outcome: number): Series;
  /** a number for the version of a workload */
  version(text: string): number;
  /** forgets series that were not counted since (seconds since the epoch): there is room for others again */
  forget(beforeS: number): void;
};

export type BookDeps = {
  /** the name of a route's id; 0 is none */
  readonly routeName?: (id: number) => string;
  readonly limits?: Partial<Limits>;
};

/**
 * Ports, outside names, versions are chosen by workloads, paths by strangers: their number must have an end. What has no
 * room in an edge is counted there as another route, method and version, so that the edge's figures and outcomes stay
 * exact; what has no room at all is counted between `other` and `other`. Calls to the outside, where names and ports are
 * without number, take a half of the room at most: services of the mesh always find the other one.
 */
export type Limits = { readonly series: number; readonly perEdge: number; readonly edges: number };
const LIMITS: Limits = { series: 20_000, perEdge: 1_000, edges: 8_000 };
const OUTSIDE_SHARE = 0.5;

const OTHER: End = { name: "other", namespace: "" };
const MOST_ENDS = 0x1_0000;
const MOST_VERSIONS = 0xffff;
const MOST_ROUTES = 1 << 20;

/** How an exchange ended, as one number: its status class (of 100) and its error as spans name it. */
export function outcome(status: number, error: number): number {
  return error * 8 + Math.min((status / 100) | 0, 7);
}

export function seriesBook({ routeName = () => "", limits = {} }: BookDeps = {}): SeriesBook {
  const most = { ...LIMITS, ...limits };
  const edges = new Map<number, Edge>();
  const ends = new Map<End, number>();
  const versions = new Map<string, number>([["", 0]]);
  const versionNames = [""];
  /** of what is there, and of it to the outside */
  let count = 0;
  let outsideCount = 0;
  let outsideEdges = 0;

  const numberOf = (end: End): number => {
    let number = ends.get(end);
    if (number === undefined && ends.size <= MOST_ENDS) {
      number = ends.size;
      ends.set(end, number);
    }
    return number ?? MOST_ENDS;
  };
  numberOf(OTHER);

  const edge = (source: End, destination: End, port: number, protocol: number): Edge => {
    const from = numberOf(source);
    const to = numberOf(destination);
    if (from >= MOST_ENDS || to >= MOST_ENDS) return edge(OTHER, OTHER, 0, protocol);
    // 16 + 16 + 16 + 5 bits of the 53 that a number has
    const number = ((from * MOST_ENDS + to) * 65536 + port) * 32 + protocol;
    let found = edges.get(number);
    if (!found) {
      const isFull =
        edges.size >= most.edges || (destination.namespace === "" && outsideEdges >= most.edges * OUTSIDE_SHARE);
      if (isFull && destination !== OTHER) return edge(OTHER, OTHER, 0, protocol);
      found = {
        source: source.name,
        sourceNamespace: source.namespace,
        destination: destination.name,
        destinationNamespace: destination.namespace,
        port,
        protocol: PROTOCOLS[protocol] ?? "tcp",
        byNumber: new Map(),
      };
      edges.set(number, found);
      if (isOutside(found)) outsideEdges++;
    }
    return found;
  };

  const make = (of: Edge, route: number, method: number, version: number, ending: number): Series => {
    const error = Math.floor(ending / 8);
    const { byNumber: _, ...pair } = of;
    return seriesOf({
      ...pair,
      route: route === MOST_ROUTES ? OTHER_ROUTE : routeName(route),
      method: METHODS[method] ?? "_OTHER",
      version: versionNames[version] ?? "",
      statusClass: ending % 8,
      error: error === 0 ? "" : (ERROR_CODES[error - 1] ?? "unknown"),
    });
  };

  const find: SeriesBook["find"] = (of, route, method, version, ending) => {
    // 21 + 4 + 16 + 12 bits
    const number = ((Math.min(route, MOST_ROUTES) * 16 + method) * 65536 + version) * 4096 + ending;
    let found = of.byNumber.get(number);
    if (!found) {
      const isFull = of.byNumber.size >= most.perEdge || !hasRoom(most.series, count, outsideCount, isOutside(of));
      if (isFull && route !== MOST_ROUTES) return find(of, MOST_ROUTES, OTHER_METHOD, 0, ending);
      found = make(of, route, method, version, ending);
      of.byNumber.set(number, found);
      count++;
      if (isOutside(of)) outsideCount++;
    }
    return found;
  };

  return {
    edge,
    find,
    version(text) {
      let number = versions.get(text);
      if (number === undefined) {
        number = Math.min(versions.size, MOST_VERSIONS);
        versionNames[number] = number === MOST_VERSIONS ? "other" : text;
        if (number < MOST_VERSIONS) versions.set(text, number);
      }
      return number;
    },
    forget(beforeS) {
      for (const [key, one] of edges) {
        const { byNumber } = one;
        for (const [number, { lastS }] of byNumber) {
          if (lastS >= beforeS || !byNumber.delete(number)) continue;
          count--;
          if (isOutside(one)) outsideCount--;
        }
        if (byNumber.size > 0) continue;
        edges.delete(key);
        if (isOutside(one)) outsideEdges--;
      }
    },
  };
}

/** Is there room for one more? Those to the outside may have spread beyond their half: what they share has no bound. */
function hasRoom(most: number, all: number, outside: number, isForOutside: boolean): boolean {
  const half = most * OUTSIDE_SHARE;
  return isForOutside ? outside < half : all - outside < most - Math.min(outside, half);
}

function isOutside({ destinationNamespace }: Pick<Edge, "destinationNamespace">): boolean {
  return destinationNamespace === "";
}

const OTHER_METHOD = METHODS.indexOf("_OTHER");

/** A series by itself, such as that of a stored row. */
export function seriesOf(name: SeriesName): Series {
  return {
    ...name,
    isSuccess: isOk(name),
    isFault: isFault(name),
    isOurs: isKnown(name.error) && isOurs(name.error),
    histograms: new Map(),
    lastS: 0,
  };
}

/** The rule is the model's; the class stands for every status in it, because only 500 divides. */
function isOk(name: SeriesName): boolean {
  return name.error === "" && isSuccess(name.statusClass * 100, undefined);
}

function isFault(name: SeriesName): boolean {
  if (isOk(name)) return false;
  return !isKnown(name.error) || isCallees(name.error);
}

function isKnown(error: string): error is ErrorCode {
  return error in ERRORS;
}

export type Ends = {
  of(name: string, namespace: string): End;
  /** an outside name that was called; the first ones by themselves, all others together */
  outside(name: string): End;
};

const MOST_OUTSIDE_NAMES = 256;

/** The same name gives the same object, so that an end can be compared and counted by identity. */
export function endsBook(): Ends {
  const ends = new Map<string, End>();
  const outsideNames = new Map<string, End>();
  const outside: End = { name: OUTSIDE, namespace: "" };
  return {
    of(name, namespace) {
      if (name === OUTSIDE && namespace === "") return outside;
      const text = `${namespace}/${name}`;
      let end = ends.get(text);
      if (!end) {
        end = { name, namespace };
        ends.set(text, end);
      }
      return end;
    },
    outside(name) {
      let end = outsideNames.get(name);
      if (end) return end;
      if (name === "" || outsideNames.size >= MOST_OUTSIDE_NAMES) return outside;
      end = { name, namespace: "" };
      outsideNames.set(name, end);
      return end;
    },
  };
}

/** `api.example.com:443` → `api.example.com`, `[2001:db8::1]:443` → `2001:db8::1` */
export function hostOf(authority: string): string {
  if (authority.startsWith("[")) {
    const end = authority.indexOf("]");
    return authority.slice(1, end < 0 ? undefined : end);
  }
  const colon = authority.indexOf(":");
  // two colons and no brackets: a bare IPv6 address
  if (colon < 0 || authority.indexOf(":", colon + 1) > 0) return authority;
  return authority.slice(0, colon);
}
