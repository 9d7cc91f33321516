// A rule as it is written → a rule as workers route by it. What is wrong with it makes it answer 500, as the Gateway API
// wants: a filter that cannot be had must not be skipped, and a backend that is not there keeps its share.
import type {
  HeaderChange,
  HttpFilter,
  HttpMatch,
  HttpRule,
  PathChange,
  RouteBackend,
  SessionPersistence,
} from "../../model/route.ts";
import { resolveBackend } from "./backends.ts";
import { milliseconds } from "./duration.ts";
import type { Unsupported } from "./object.ts";
import type { RawFilter, RawHeaderModifier, RawHttpRule, RawMatch, RawPathModifier, RawWeighted } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { World } from "./world.ts";

export type CompiledRule = {
  readonly rule: Omit<HttpRule, "key" | "name" | "policy">;
  /** references that lead nowhere */
  readonly unresolved: readonly Reason[];
  /** it answers every request 500 */
  readonly isBroken: boolean;
};

/** @param unsupported of this rule */
export function compileRule(raw: RawHttpRule, unsupported: readonly Unsupported[], world: World): CompiledRule {
  const unresolved: Reason[] = [];
  const isBroken = unsupported.some(({ path }) => path[3] !== "backendRefs");
  const brokenBackends = new Set(unsupported.map(({ path }) => (path[3] === "backendRefs" ? path[4] : undefined)));
  const filters = isBroken ? [] : (raw.filters ?? []).flatMap((filter) => filterOf(filter, world, unresolved));
  const backends = (raw.backendRefs ?? []).map((backend, index) =>
    backendOf(backend, world, unresolved, brokenBackends.has(index)),
  );
  const { timeouts, retry, sessionPersistence } = raw;
  const matches = raw.matches?.length ? raw.matches.map(matchOf) : [EVERYTHING];
  return {
    rule: {
      ...(raw.name !== undefined && matches.every(isOfAPath) && { countedAs: raw.name }),
      matches,
      filters,
      backends: isBroken ? [{ weight: 1, filters: [] }] : backends,
      timeouts: {
        ...(timeouts?.request !== undefined && { requestMs: milliseconds(timeouts.request) }),
        ...(timeouts?.backendRequest !== undefined && { backendRequestMs: milliseconds(timeouts.backendRequest) }),
      },
      ...(retry && {
        retry: {
          codes: retry.codes ?? [],
          ...(retry.attempts !== undefined && { attempts: retry.attempts }),
          ...(retry.backoff !== undefined && { backoffMs: milliseconds(retry.backoff) }),
        },
      }),
      ...(sessionPersistence && { persistence: persistenceOf(sessionPersistence) }),
    },
    unresolved,
    isBroken,
  };
}

/** what a match without a path, and a rule without matches, means */
const ANY_PATH = { type: "prefix", value: "/" } as const;
const EVERYTHING: HttpMatch = { path: ANY_PATH, headers: [], query: [] };
const PATH_TYPE = { Exact: "exact", PathPrefix: "prefix", RegularExpression: "regex" } as const;
const VALUE_TYPE = { Exact: "exact", RegularExpression: "regex" } as const;

/** A rule for every path, such as a canary's, has a name so that it can be spoken of, and names no endpoint. */
function isOfAPath({ path }: HttpMatch): boolean {
  return path.type !== "prefix" || path.value !== "/";
}

function matchOf({ path, method, headers = [], queryParams = [] }: RawMatch): HttpMatch {
  return {
    path: path ? { type: PATH_TYPE[path.type ?? "PathPrefix"], value: path.value ?? "/" } : ANY_PATH,
    ...(method !== undefined && { method }),
    headers: headers.map(({ type = "Exact", name, value }) => ({
      type: VALUE_TYPE[type],
      name: name.toLowerCase(),
      value,
    })),
    query: queryParams.map(({ type = "Exact", name, value }) => ({ type: VALUE_TYPE[type], name, value })),
  };
}

export function backendOf(raw: RawWeighted, world: World, unresolved: Reason[], isBroken = false): RouteBackend {
  const resolved = resolveBackend(raw, world);
  if ("against" in resolved) unresolved.push(resolved.against);
  const isThere = "ref" in resolved && !isBroken;
  return {
    ...(isThere && { ref: resolved.ref }),
    weight: raw.weight ?? 1,
    filters: isThere ? (raw.filters ?? []).flatMap((filter) => filterOf(filter, world, unresolved)) : [],
  };
}

/** One, or none when it would do nothing. */
function filterOf(raw: RawFilter, world: World, unresolved: Reason[]): readonly HttpFilter[] {
  const { requestHeaderModifier, responseHeaderModifier, requestMirror, requestRedirect, urlRewrite, cors } = raw;
  switch (raw.type) {
    case "RequestHeaderModifier":
      return requestHeaderModifier ? [{ type: "requestHeaders", ...headersOf(requestHeaderModifier) }] : [];
    case "ResponseHeaderModifier":
      return responseHeaderModifier ? [{ type: "responseHeaders", ...headersOf(responseHeaderModifier) }] : [];
    case "RequestMirror": {
      if (!requestMirror) return [];
      const target = resolveBackend(requestMirror.backendRef, world);
      if ("ref" in target) return [{ type: "mirror", backend: target.ref, share: shareOf(requestMirror) }];
      // the requests themselves go on
      unresolved.push(target.against);
      return [];
    }
    case "RequestRedirect": {
      if (!requestRedirect) return [];
      const { path, statusCode = 302, ...rest } = requestRedirect;
      return [
        {
          type: "redirect",
          ...rest,
          ...(path && { path: pathOf(path) }),
          statusCode: statusCode as 301 | 302 | 303 | 307 | 308,
        },
      ];
    }
    case "URLRewrite": {
      const { hostname, path } = urlRewrite ?? {};
      if (hostname === undefined && !path) return [];
      return [{ type: "rewrite", ...(hostname !== undefined && { hostname }), ...(path && { path: pathOf(path) }) }];
    }
    case "CORS":
      return [
        {
          type: "cors",
          allowOrigins: cors?.allowOrigins ?? [],
          allowCredentials: cors?.allowCredentials ?? false,
          allowMethods: cors?.allowMethods ?? [],
          allowHeaders: cors?.allowHeaders ?? [],
          exposeHeaders: cors?.exposeHeaders ?? [],
          maxAgeS: cors?.maxAge ?? 5,
        },
      ];
    case "ExternalAuth":
    case "ExtensionRef":
      return []; // in `unsupported`, so the rule is broken
  }
}

function headersOf({ set = [], add = [], remove = [] }: RawHeaderModifier): HeaderChange {
  const lower = ({ name, value }: { readonly name: string; readonly value: string }) => ({
    name: name.toLowerCase(),
    value,
  });
  return { set: set.map(lower), add: add.map(lower), remove: remove.map((name) => name.toLowerCase()) };
}

function pathOf({ type, replaceFullPath = "", replacePrefixMatch = "" }: RawPathModifier): PathChange {
  return type === "ReplaceFullPath"
    ? { type: "full", value: replaceFullPath }
    : { type: "prefix", value: replacePrefixMatch };
}

function shareOf({ percent, fraction }: NonNullable<RawFilter["requestMirror"]>): number {
  if (fraction) return fraction.numerator / (fraction.denominator ?? 100);
  return (percent ?? 100) / 100;
}

/** GEP-1619 leaves the name to us */
const SESSION_NAME = { Cookie: "meshwise-session", Header: "x-meshwise-session" } as const;

function persistenceOf(raw: NonNullable<RawHttpRule["sessionPersistence"]>): SessionPersistence {
  const { type = "Cookie", sessionName = SESSION_NAME[type], absoluteTimeout, idleTimeout, cookieConfig } = raw;
  return {
    type: type === "Cookie" ? "cookie" : "header",
    name: type === "Cookie" ? sessionName : sessionName.toLowerCase(),
    ...(absoluteTimeout !== undefined && { absoluteTimeoutS: milliseconds(absoluteTimeout) / 1000 }),
    ...(idleTimeout !== undefined && { idleTimeoutS: milliseconds(idleTimeout) / 1000 }),
    lifetime: cookieConfig?.lifetimeType === "Permanent" ? "permanent" : "session",
  };
}
