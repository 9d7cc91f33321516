// Known mistakes that are planted into the data plane, one at a time: a simulation that does not find them is worth
// nothing. Each is a replacement in the text of one file, made while it is loaded; the text must be there exactly once.
import type { Progress } from "./runner.ts";
import { simulate } from "./simulate.ts";

type Mutation = {
  readonly name: string;
  /** below src/ */
  readonly file: string;
  readonly from: string;
  readonly to: string;
};

/** as many as the usual run has */
const SEEDS = 10_000;

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "a request that is not idempotent is repeated after its pooled connection died",
    file: "proxy/pool/layer.ts",
    from: 'case "GET":',
    to: 'case "GET":\n    case "POST":\n    case "PATCH":',
  },
  {
    name: "a body that has gone is not sent again with its request",
    file: "proxy/pool/layer.ts",
    from: 'if (head?.framing.kind !== "none" || request.bytes > 0',
    to: "if (!head",
  },
  {
    name: "an unread FIN is not looked for",
    file: "proxy/pool/pool.ts",
    from: '!isReplayable && core.deps.sockets.peek(upstream.fd) !== "open"',
    to: "false",
  },
  {
    name: "the trust in a resting connection has no limit",
    file: "proxy/pool/pool.ts",
    from: "if (!upstream || now - upstream.restingSince > limit) return undefined;",
    to: "if (!upstream) return undefined;",
  },
  {
    name: "a dead pooled connection is not replaced",
    file: "proxy/pool/layer.ts",
    from: 'x.error?.retry === "reused" && ',
    to: "false && ",
  },
  {
    name: "the pools of endpoints that are gone stay open",
    file: "proxy/proxy.ts",
    from: "if (backend.isGone) closeIdle(backend);",
    to: "{}",
  },
  {
    name: "a connection to an endpoint that is gone is pooled",
    file: "proxy/pool/pool.ts",
    from: "|| backend.isGone ",
    to: "",
  },
  {
    name: "a swap forgets to change the endpoints of destinations that stay",
    file: "proxy/route/table.ts",
    from: "destination.backends = list ?? [];",
    to: "",
  },
  {
    name: "the rest of a partial write is a view of a buffer that is used again",
    file: "proxy/socket-writer.ts",
    from: "Buffer.from(bytes.subarray(from + taken, to))",
    to: "bytes.subarray(from + taken, to)",
  },
  {
    name: "the FIN does not wait for what is pending",
    file: "proxy/socket-writer.ts",
    from: "if (writer.pendingBytes === 0) shut(writer);",
    to: "shut(writer);",
  },
  {
    name: "an answer that is cut short looks whole",
    file: "proxy/body.ts",
    from: "if (!body.isUntilClose) return false;",
    to: "",
  },
  {
    name: "a cut answer that ends with its connection is closed in an orderly way",
    file: "proxy/filter/rescue/rescue.ts",
    from: "if (x.isCloseDelimited) abort(writer);",
    to: "if (false) abort(writer);",
  },
  {
    name: "a drain cuts what is under way",
    file: "proxy/proxy.ts",
    from: "const end = deps.clock.monotonicMs() + graceMs;",
    to: "const end = 0;",
  },
  {
    name: "a slow client is not waited for",
    file: "proxy/send/answering.ts",
    from: "if (down.writer.pendingBytes > 0) down.stage = flushing;",
    to: "if (false) down.stage = flushing;",
  },
  {
    name: "an exchange is recorded twice",
    file: "proxy/filter/record/record.ts",
    from: "x.isSettled = true;",
    to: "",
  },
  {
    name: "a closed connection stays counted",
    file: "proxy/upstream/upstream.ts",
    from: "countOpen(upstream.core, upstream.backend, -1);",
    to: "upstream.backend.open--;",
  },
  {
    name: "the sweep for deadlines does not end with the worker",
    file: "proxy/proxy.ts",
    from: "sweep.cancel();",
    to: "",
  },
  {
    name: "deadlines are not looked at",
    file: "proxy/proxy.ts",
    from: "core.roster.sweep(wake(core));",
    to: "",
  },
  {
    name: "a paused caller is not read again",
    file: "proxy/connection.ts",
    from: "connection.isPaused = false;\n  connection.socket.resume();",
    to: "connection.isPaused = false;",
  },
  {
    name: "a request that is not idempotent is tried again",
    file: "proxy/filter/retry/retry.ts",
    from: "!(policy.unsafe || isIdempotent(head.method))) return false;",
    to: "false) return false;",
  },
  {
    name: "a request is tried again without the part of its body that has gone",
    file: "proxy/filter/retry/retry.ts",
    from: "head.upgrade !== undefined || !(policy.unsafe || isIdempotent(head.method))) return false;\n    return isWhole(request);",
    to: "head.upgrade !== undefined || !(policy.unsafe || isIdempotent(head.method))) return false;\n    return true;",
  },
  {
    name: "what was not sent is not tried elsewhere",
    file: "proxy/filter/retry/causes.ts",
    from: 'if (error.retry === "yes") return "connect-failure";',
    to: "",
  },
  {
    name: "retries need no budget",
    file: "proxy/filter/retry/retry.ts",
    from: "service.slot >= 0 && page.budgets.withdraw(service.slot, hostMs(core), policy.budgetShare, policy.budgetPerSecond);",
    to: "true;",
  },
  {
    name: "each worker has a budget of its own",
    file: "model/page/budget.ts",
    from: "for (let worker = 0; worker < workers; worker++) {\n      const row = (worker * services + service) * ROW;\n      for (let at = row; at < row + ROW; at += WORDS) {",
    to: "for (let worker = index; worker <= index; worker++) {\n      const row = (worker * services + service) * ROW;\n      for (let at = row; at < row + ROW; at += WORDS) {",
  },
  {
    name: "a breaker's place is not given back when a try failed",
    file: "proxy/filter/breaker/breaker.ts",
    from: "if (x.isHolding) held",
    to: "if (x.isHolding && !x.error) held",
  },
  {
    name: "a request that was ended while it waited for a connection stays counted",
    file: "proxy/pool/limit.ts",
    from: "service.waiting.splice(place, 1);\n        held.give(service.slot, HELD.pending);",
    to: "service.waiting.splice(place, 1);",
  },
  {
    name: "an ejected endpoint is still used",
    file: "proxy/balance/chooser.ts",
    from: "if (!page.verdicts.isEjected(slot)) {",
    to: "if (true) {",
  },
  {
    name: "a rate limit is counted by each request twice as generously",
    file: "proxy/filter/rate-limit/rate-limit.ts",
    from: "intervalMs: limit.perMs / limit.requests",
    to: "intervalMs: limit.perMs / limit.requests / 2",
  },
  {
    name: "a connection made on suspicion keeps what it held",
    file: "proxy/detect/detecting.ts",
    from: "x.isProbe = false;\n  x.way.settle(x);",
    to: "",
  },
  {
    name: "a drain closes resting callers at once",
    file: "proxy/proxy.ts",
    from: "Math.min(graceMs, LIMITS.drainSilenceMs)",
    to: "0",
  },
  {
    name: "an app's farewell is taken for an answer",
    file: "proxy/pool/layer.ts",
    from: "if (!isFarewell(x) || !isMendable(x)) return outer.answer(x);",
    to: "return outer.answer(x);",
  },
];

/** @returns 0: all were found */
export async function checkMutations(say: (line: string) => void): Promise<number> {
  let missed = 0;
  for (const mutation of MUTATIONS) {
    const found = await firstFailure(mutation);
    if (found && simulate(found.seed).violations.length > 0) {
      say(`BROKEN  ${mutation.name}: seed ${found.seed} fails without it, too`);
      missed++;
      continue;
    }
    if (found) say(`found   ${mutation.name}: seed ${found.seed}, "${found.violations[0]?.rule}"`);
    else say(`MISSED  ${mutation.name}: not within ${SEEDS} seeds`);
    if (!found) missed++;
  }
  return missed > 0 ? 1 : 0;
}

/** Runs seeds on a mutated data plane in a process of its own, until one fails. */
export async function firstFailure(mutation: Mutation): Promise<Progress["failures"][number] | undefined> {
  const here = (name: string) => new URL(name, import.meta.url).pathname;
  const command = [process.execPath, "--preload", here("mutate.ts"), here("runner.ts"), "1", `${SEEDS}`, "1"];
  const child = Bun.spawn(command, {
    env: { ...process.env, SIM_MUTATION: JSON.stringify(mutation), SIM_STOP: "1" },
    stderr: "inherit",
  });
  const lines = (await new Response(child.stdout).text()).split("\n").filter((line) => line !== "");
  if ((await child.exited) !== 0) throw new Error(`"${mutation.name}" could not be run`);
  return lines.flatMap((line) => (JSON.parse(line) as Progress).failures)[0];
}
