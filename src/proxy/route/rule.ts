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
import type { Core, Layer, Link } from "../shapes.ts";
import { delivery } from "../stack.ts";
import { regexSet } from "./matcher/regex-set.ts";
import { type Branch, split } from "./split.ts";
import { nowhere, type Target, target, to } from "./target.ts";

type PolicyOf = (service: string) => TrafficPolicy;

export function ruleStack(core: Core, rule: HttpRule, policyOf: PolicyOf): Link {
  const { timeouts, backends } = rule;
  const targets = backends.map(({ ref }) => ref && target(core, ref));
  return stack(
    core.http,
    ...filters(core, rule.filters, policyOf),
    timeouts.requestMs !== undefined && timeouts.requestMs > 0 && limited(core, timeouts.requestMs),
    rule.persistence && persistence(core, rule.persistence, targets),
    ...toBackends(core, rule, targets, policyOf),
  );
}

/** The order is that of what each needs to see: permissions before anything else, a redirect instead of the rest, copies of
 *  what the service itself will get. */
function filters(core: Core, wanted: readonly HttpFilter[], policyOf: PolicyOf): readonly Layer[] {
  const of = <Type extends HttpFilter["type"]>(type: Type) =>
    wanted.filter((filter): filter is Extract<HttpFilter, { type: Type }> => filter.type === type);
  return [
    ...of("cors").map((config) => cors(core, config)),
    ...of("responseHeaders").map((change) => responseHeaders(compileFieldChange(change))),
    ...of("requestHeaders").map((change) => requestHeaders(compileFieldChange(change))),
    ...of("redirect").map((config) => redirect(core, config)),
    ...of("rewrite").map(rewrite),
    ...of("mirror").map(({ backend, share }) => {
      const layers = [to(target(core, backend), backend), ...delivery(core, policyOf(backend.service))];
      return mirror(core, stack(core.mirror, ...layers), share);
    }),
  ];
}

function toBackends(core: Core, rule: HttpRule, targets: readonly (Target | undefined)[], policyOf: PolicyOf) {
  const branches = rule.backends.map((backend, i): Branch & { readonly layers: readonly Layer[] } => {
    const layers = toBackend(core, rule, backend, targets[i], policyOf);
    return { target: targets[i], weight: backend.weight, layers, way: (outer) => stack(outer, ...layers) };
  });
  if (!branches.some(({ weight }) => weight > 0)) return [nowhere(rule.name)];
  // the usual rule leads to one service
  const [only] = branches;
  return branches.length === 1 && only ? only.layers : [split(core, branches)];
}

function toBackend(
  core: Core,
  rule: HttpRule,
  { ref, filters: own }: RouteBackend,
  find: Target | undefined,
  policyOf: PolicyOf,
): readonly Layer[] {
  if (!ref || !find) return [nowhere(rule.name)];
  return [...filters(core, own, policyOf), to(find, ref), ...delivery(core, policyFor(rule, policyOf(ref.service)))];
}

/** The service's policy with what the rule says in its place. */
function policyFor({ policy, timeouts, retry }: HttpRule, service: TrafficPolicy): TrafficPolicy {
  const patched = policy ? withPatch(service, policy) : service;
  const perTryMs = timeouts.backendRequestMs ?? 0;
  if (!retry && perTryMs === 0) return patched;
  const { retries } = patched;
  return {
    ...patched,
    retries: {
      ...retries,
      codes: retry?.codes ?? retries.codes,
      attempts: retry?.attempts ?? retries.attempts,
      backoffMs: retry?.backoffMs ?? retries.backoffMs,
      perTryMs: perTryMs > 0 ? perTryMs : retries.perTryMs,
    },
  };
}

/** Throws a MeshError when the rule could not be compiled later: all of its filters are made once, and thrown away. */
export function checkRule(core: Core, rule: HttpRule): void {
  try {
    for (const wanted of [rule.filters, ...rule.backends.map(({ filters }) => filters)]) {
      filters(
        core,
        wanted.filter(({ type }) => type !== "mirror"),
        () => {
          throw new Error("no filter but mirror needs a policy");
        },
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
