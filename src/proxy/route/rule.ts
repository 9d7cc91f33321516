// The way of one rule of an HTTPRoute: only what the rule asks for is on it.
import { MeshError } from "../../base/errors/index.ts";
import type { HttpFilter, HttpRule, RouteBackend } from "../../model/route.ts";
import { type TrafficPolicy, withPatch } from "../../model/traffic-policy.ts";
import { cors } from "../filter/cors/cors.ts";
import { limited } from "../filter/deadline/deadline.ts";
import { compileFieldChange } from "../filter/field-change.ts";
import { mirror } from "../filter/mirror/mirror.ts";
import { persistence } from "../filter/persistence/persistence.ts";
import { redirect } from "../filter/redirect/redirect.ts";
import { requestHeaders } from "../filter/request-headers/request-headers.ts";
import { responseHeaders } from "../filter/response-headers/response-headers.ts";
import { rewrite } from "../filter/rewrite/rewrite.ts";
import { stack } from "../layer.ts";
import type { Layer, Link } from "../shapes.ts";
import type { RouteContext } from "./context.ts";
import { regexSet } from "./matcher/regex-set.ts";
import { type Branch, split } from "./split.ts";
import { nowhere, type Target, target, to } from "./target.ts";

export function ruleStack(context: RouteContext, rule: HttpRule): Link {
  const { core, guard } = context;
  const { timeouts, backends, policy } = rule;
  const targets = backends.map(({ ref }) => ref && target(core, ref));
  return stack(
    core.http,
    ...filters(context, rule.filters),
    isSet(timeouts.requestMs) && limited(core, timeouts.requestMs),
    ...guard({ rateLimits: policy?.rateLimits ?? [], faults: policy?.faults ?? [] }),
    rule.persistence && persistence(core, rule.persistence, targets),
    ...toBackends(context, rule, targets),
  );
}

function isSet(ms: number | undefined): ms is number {
  return ms !== undefined && ms > 0;
}

/** The order is that of what each needs to see: permissions before anything else, a redirect instead of the rest, copies of
 *  what the service itself will get. */
function filters({ core, deliver }: RouteContext, wanted: readonly HttpFilter[]): readonly Layer[] {
  const of = <Type extends HttpFilter["type"]>(type: Type) =>
    wanted.filter((filter): filter is Extract<HttpFilter, { type: Type }> => filter.type === type);
  return [
    ...of("cors").map((config) => cors(core, config)),
    ...of("responseHeaders").map((change) => responseHeaders(compileFieldChange(change))),
    ...of("requestHeaders").map((change) => requestHeaders(compileFieldChange(change))),
    ...of("redirect").map((config) => redirect(core, config)),
    ...of("rewrite").map(rewrite),
    ...of("mirror").map(({ backend, share }) => {
      const layers = [to(target(core, backend), backend), ...deliver(backend)];
      return mirror(core, stack(core.mirror, ...layers), share);
    }),
  ];
}

function toBackends(context: RouteContext, rule: HttpRule, targets: readonly (Target | undefined)[]): readonly Layer[] {
  const branches = rule.backends.map((backend, i): Branch & { readonly layers: readonly Layer[] } => {
    const layers = toBackend(context, rule, backend, targets[i]);
    return { target: targets[i], weight: backend.weight, layers, way: (outer) => stack(outer, ...layers) };
  });
  if (!branches.some(({ weight }) => weight > 0)) return [nowhere(rule.name)];
  // the usual rule leads to one service
  const [only] = branches;
  return branches.length === 1 && only ? only.layers : [split(context.core, branches)];
}

function toBackend(
  context: RouteContext,
  rule: HttpRule,
  { ref, filters: own }: RouteBackend,
  find: Target | undefined,
): readonly Layer[] {
  if (!ref || !find) return [nowhere(rule.name)];
  return [...filters(context, own), to(find, ref), ...context.deliver(ref, (policy) => withRule(policy, rule))];
}

/** The service's policy with what the rule says in its place; what is told of the rule as a whole stands before the split. */
function withRule(service: TrafficPolicy, { policy = {}, timeouts, retry }: HttpRule): TrafficPolicy {
  const patched = withPatch(service, policy);
  const { retries, rateLimits, faults } = patched;
  return {
    ...patched,
    rateLimits: policy.rateLimits ? [] : rateLimits,
    faults: policy.faults ? [] : faults,
    timeouts: isSet(timeouts.requestMs) ? { ...patched.timeouts, requestMs: 0 } : patched.timeouts,
    retries: {
      ...retries,
      codes: retry?.codes ?? retries.codes,
      attempts: retry?.attempts ?? retries.attempts,
      backoffMs: retry?.backoffMs ?? retries.backoffMs,
      perTryMs: isSet(timeouts.backendRequestMs) ? timeouts.backendRequestMs : retries.perTryMs,
    },
  };
}

/** Throws a MeshError when the rule could not be compiled later: all of its filters are made once, and thrown away. */
export function checkRule(context: RouteContext, rule: HttpRule): void {
  try {
    for (const wanted of [rule.filters, ...rule.backends.map(({ filters }) => filters)]) {
      // a mirror can be made of whatever the types allow, and is a whole stack
      filters(
        context,
        wanted.filter(({ type }) => type !== "mirror"),
      );
    }
    const expressions = rule.matches.flatMap(({ path, headers, query }) =>
      [path, ...headers, ...query].filter(({ type }) => type === "regex").map(({ value }) => value),
    );
    if (expressions.length > 0) regexSet(expressions);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new MeshError("route_invalid", `${rule.name}: ${detail}`, { cause: error });
  }
}
