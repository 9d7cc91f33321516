// From exchanges to visits: what came in through a published port, went to a route, and may be a step. Of what pages are made of,
// it is noted now and then that there was some, because robots ask for none.
import { pairKey } from "../../base/pair-key.ts";
import { ABSENT, FLAG, METHODS } from "../../model/span.ts";
import { CONTENTS, DESTINATIONS, MODES, VISIT_FLAG, visitField } from "../../model/visit.ts";
import { BROKEN_OFF } from "../../model/visits.ts";
import { type Arrival, CLIENT_GONE } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import { OTHER_ROUTE, PROBE_ROUTE } from "../routes/book.ts";
import type { Visit } from "./rows.ts";
import type { SharedItems } from "./shared-items.ts";

export type BrokenOff = { readonly visit: Visit; readonly culprit: () => string };

export type Taken = {
  readonly visits: Visit[];
  /** those whose visitor went away before the answer was there: whose fault it was is known when what was begun for them has ended */
  readonly brokenOff: BrokenOff[];
  readonly optedOut: number;
};

const GET = METHODS.indexOf("GET");
const [HEAD, OPTIONS, TRACE] = [METHODS.indexOf("HEAD"), METHODS.indexOf("OPTIONS"), METHODS.indexOf("TRACE")];
const ASSET_CONTENT = CONTENTS.indexOf("asset");
const ASSET = DESTINATIONS.indexOf("asset");
const NO_CORS = MODES.indexOf("no-cors");
const ASSET_NAME = /\.(m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|wasm)$/i;
/** tries, copies of requests, probes: no visitor made them */
const NOBODYS = FLAG.attempt | FLAG.mirrored | FLAG.probe;
/** that a visitor loads assets is noted so often */
const NOTED_MS = 20 * 60_000;
const MOST_NOTED = 50_000;

export type TakeDeps = {
  readonly names: Pick<Names, "byId" | "routeOf" | "routeName">;
  readonly items: SharedItems;
  readonly culprit: (arrival: Arrival, row: number) => string;
};

/** @returns takes what is of visitors out of an arrival */
export function taker({ names, items, culprit }: TakeDeps): (arrival: Arrival) => Taken {
  /** when it was noted of whom that he loads assets, ms */
  const noted = new Map<number, number>();

  const isNoted = (visitor0: number, visitor1: number, atMs: number): boolean => {
    const key = pairKey(visitor0, visitor1);
    const last = noted.get(key);
    if (last !== undefined && atMs - last < NOTED_MS) return true;
    noted.set(key, atMs);
    if (noted.size > MOST_NOTED) noted.delete(noted.keys().next().value as number);
    return false;
  };

  const visitAt = (arrival: Arrival, row: number): Visit | undefined => {
    const { batch } = arrival;
    const { columns } = batch;
    const visit = columns.visit[row] as number;
    const method = columns.method[row] as number;
    if (visit & VISIT_FLAG.prefetch || method === 0 || method === HEAD || method === OPTIONS || method === TRACE)
      return;
    const path = batch.paths[row] as string;
    const { namespace, service, workload, version } = names.byId(arrival.destinations[row] as number);
    const isAsset = isPart(visit, method, path);
    const route = isAsset ? "" : known(names.routeName(arrival.routes[row] as number));
    if (!isAsset && route === "") return;
    const visitor = [columns.visitor0[row] as number, columns.visitor1[row] as number] as const;
    const atMs = (columns.startUs[row] as number) / 1000;
    if (isAsset && isNoted(visitor[0], visitor[1], atMs)) return;

    const item = isAsset ? "" : itemOf(route, path);
    const page = (path: string) => {
      if (path === "") return "";
      const asked = { namespace, service, path, method: GET, rule: 0, flags: 0 };
      return known(names.routeName(names.routeOf(asked, false)));
    };
    const { from, to } = batch.pages[row] ?? { from: "", to: "" };
    return {
      ...{ atMs, visitor, visit, status: statusOf(columns.status[row] as number, columns.error[row] as number) },
      joins: visit & VISIT_FLAG.joins ? [columns.joins0[row] as number, columns.joins1[row] as number] : undefined,
      place: { namespace, service, route },
      latencyMs: (columns.firstByte[row] === ABSENT ? columns.end : columns.firstByte)[row]! / 1000,
      server: { version, workload },
      culprit: isAsset ? "" : culprit(arrival, row),
      item: item !== "" && items.named(item, ...visitor) ? item.slice(item.indexOf("/") + 1) : "",
      from: page(from),
      to: page(to),
    };
  };

  return (arrival) => {
    const { flags, visit } = arrival.batch.columns;
    const visits: Visit[] = [];
    const brokenOff: BrokenOff[] = [];
    let optedOut = 0;
    for (let row = 0; row < arrival.rows; row++) {
      if (visit[row] === 0 || ((flags[row] as number) & NOBODYS) !== 0) continue;
      if ((visit[row] as number) & VISIT_FLAG.optedOut) optedOut++;
      else {
        const one = visitAt(arrival, row);
        if (one?.status === BROKEN_OFF) brokenOff.push({ visit: one, culprit: () => culprit(arrival, row) });
        else if (one) visits.push(one);
      }
    }
    return { visits, brokenOff, optedOut };
  };
}

/** A route of the site's own. */
function known(route: string): string {
  return route === OTHER_ROUTE || route === PROBE_ROUTE ? "" : route;
}

/** A part of a page. */
function isPart(visit: number, method: number, path: string): boolean {
  if (method !== GET) return false;
  return (
    visitField(visit, "destination") === ASSET ||
    visitField(visit, "mode") === NO_CORS ||
    visitField(visit, "content") === ASSET_CONTENT ||
    ASSET_NAME.test(path)
  );
}

/** The last thing that a path names, after the word before it: `product/pen`; "": it names none. */
export function itemOf(route: string, path: string): string {
  const template = route.slice(route.indexOf(" ") + 1).split("/");
  const parts = path.split("/");
  if (template.length !== parts.length) return "";
  for (let at = template.length - 1; at > 0; at--) {
    if (template[at]?.startsWith("{")) return `${template[at - 1]}/${parts[at]}`;
  }
  return "";
}

/** As people know them: 499 for what the client broke off, 504 and the like for what the mesh answered, or would have. */
function statusOf(status: number, error: number): number {
  if (error === CLIENT_GONE) return BROKEN_OFF;
  if (status !== 0) return status;
  return error === 0 ? 0 : 502;
}
