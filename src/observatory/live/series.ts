// One series of figures: who called whom, on which port, in which protocol, with which outcome. Every exchange belongs to
// exactly one, and finding it is on the path of every span: one lookup by a number.
import { ERROR_CODES, ERRORS, type ErrorCode, isCallees, isOurs } from "../../base/errors/index.ts";
import { isSuccess, PROTOCOLS } from "../../model/span.ts";
import { OUTSIDE } from "../names.ts";
import type { Histogram } from "./histogram.ts";

export type SeriesName = {
  readonly source: string;
  readonly sourceNamespace: string;
  readonly destination: string;
  readonly destinationNamespace: string;
  readonly port: number;
  readonly protocol: string;
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
};

/** One end of an edge: a service, or an outside name that was called. */
export type End = { readonly name: string; readonly namespace: string };

export type SeriesBook = {
  find(source: End, destination: End, port: number, protocol: number, statusClass: number, error: number): Series;
  /** the series of a stored row */
  named(name: SeriesName): Series;
};

/** Series in all; ports and outside names are chosen by workloads, so their number must have an end. */
const MOST_SERIES = 20_000;
const MOST_ENDS = 16_384;
const OTHER: End = { name: "other", namespace: "" };

export function seriesBook(): SeriesBook {
  const byNumber = new Map<number, Series>();
  const byName = new Map<string, Series>();
  const ends = new Map<End, number>();

  const numberOf = (end: End): number => {
    let number = ends.get(end);
    if (number === undefined) {
      number = ends.size;
      ends.set(end, number);
    }
    return number;
  };

  const named = (name: SeriesName): Series => {
    const text = JSON.stringify([
      name.sourceNamespace,
      name.source,
      name.destinationNamespace,
      name.destination,
      name.port,
      name.protocol,
      name.statusClass,
      name.error,
    ]);
    let found = byName.get(text);
    if (!found) {
      if (byName.size >= MOST_SERIES && name.destination !== OTHER.name) {
        return named({ ...name, source: OTHER.name, destination: OTHER.name, port: 0 });
      }
      found = {
        ...name,
        isSuccess: isOk(name),
        isFault: isFault(name),
        isOurs: isKnown(name.error) && isOurs(name.error),
        histograms: new Map(),
      };
      byName.set(text, found);
    }
    return found;
  };

  return {
    named,
    find(source, destination, port, protocol, statusClass, error) {
      // 14 + 14 + 16 + 3 + 3 bits of the 53 that a number has; errors are rare and go the long way
      const from = numberOf(source);
      const to = numberOf(destination);
      const isShort = error === 0 && from < MOST_ENDS && to < MOST_ENDS;
      const number = isShort ? (((from * MOST_ENDS + to) * 65536 + port) * 8 + protocol) * 8 + statusClass : -1;
      const found = isShort ? byNumber.get(number) : undefined;
      if (found) return found;

      const series = named({
        source: source.name,
        sourceNamespace: source.namespace,
        destination: destination.name,
        destinationNamespace: destination.namespace,
        port,
        protocol: PROTOCOLS[protocol] ?? "tcp",
        statusClass,
        error: error === 0 ? "" : (ERROR_CODES[error - 1] ?? "unknown"),
      });
      if (isShort && byNumber.size < MOST_SERIES) byNumber.set(number, series);
      return series;
    },
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
