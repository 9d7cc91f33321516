// Tries a request again where that is safe and the budget allows it. Safe: it provably was not sent; or its method is
// idempotent, or the policy says that it may run twice, and every byte of it is still here. Never once a byte of an answer
// has gone to the client.

import { MeshError } from "../../../base/errors/index.ts";
import type { Retries } from "../../../model/traffic-policy.ts";
import { fieldValue } from "../../../protocol/http1/lines.ts";
import type { ResponseHead } from "../../../protocol/http1/types.ts";
import { isWhole } from "../../body.ts";
import { beginNextTry } from "../../exchange.ts";
import { hold } from "../../hold.ts";
import { LIMITS } from "../../limits.ts";
import { discardAnswer } from "../../send/answering.ts";
import { giveUp } from "../../send/give-up.ts";
import type { Core, Exchange, Layer, ServiceState } from "../../shapes.ts";
import { hostMs } from "../../time.ts";
import { timer } from "../../timers.ts";
import { recordAttempt } from "../record/record.ts";
import { backoff, causeOf, isIdempotent, retriedStatuses, retryAfterMs } from "./causes.ts";

export function retry(core: Core, policy: Retries, service: ServiceState): Layer {
  const { clock, random, page } = core.deps;
  const statuses = retriedStatuses(policy);
  const hasStatuses = statuses.includes(1);
  const isSentAgain = policy.on.some((cause) => cause !== "connect-failure") || hasStatuses;
  // a try that takes too long has failed even where it is not tried again
  const { perTryMs } = policy;

  /** may it be sent once more? */
  const isSafe = (x: Exchange, isUnsent: boolean) => {
    const { head, request } = x;
    if (x.isAnswerBegun || x.downstream.isClosed) return false;
    if (isUnsent) return isWhole(request);
    if (!head || head.upgrade !== undefined || !(policy.unsafe || isIdempotent(head.method))) return false;
    return isWhole(request);
  };

  const tryDue = (x: Exchange) => giveUp(x, new MeshError("response_timeout", `within the ${perTryMs} ms of one try`));

  const withdraw = () =>
    service.slot >= 0 && page.budgets.withdraw(service.slot, hostMs(core), policy.budgetShare, policy.budgetPerSecond);

  /** ms that an answer asked to wait, −1: it is passed on */
  const discardedWait = (x: Exchange, { status, lines }: ResponseHead) => {
    if (statuses[status] !== 1 || x.attempts > policy.attempts || !isSafe(x, false)) return -1;
    const after = lines === undefined ? 0 : retryAfterMs(fieldValue(lines, "retry-after"), clock.nowUs());
    // the caller can wait longer than we should hold it
    return after > policy.maxBackoffMs || !withdraw() ? -1 : after;
  };

  return (inner, outer) => {
    const begin = (x: Exchange) => {
      if (perTryMs > 0 && !x.isOpaque) {
        x.tryDue = tryDue;
        x.tryTimer ??= timer(() => x.tryDue?.(x));
        core.timers.arm(x.tryTimer, core.nowMs + perTryMs);
      }
      inner.run(x);
    };

    return {
      run(x) {
        if (service.slot >= 0) page.budgets.request(service.slot, hostMs(core));
        x.attempts = 1;
        if (isSentAgain && x.head && (policy.unsafe || isIdempotent(x.head.method))) {
          x.request.keepBytes = LIMITS.keptBodyBytes;
        }
        begin(x);
      },
      answer(x) {
        // from here on it is the answer's time, not the try's
        if (x.tryTimer) core.timers.disarm(x.tryTimer);
        const waitMs = hasStatuses && x.response ? discardedWait(x, x.response) : -1;
        if (waitMs < 0) return outer.answer(x);
        x.isDiscarded = true;
        x.retryAfterMs = waitMs;
        discardAnswer(x);
        x.way.settle(x);
        return false;
      },
      settle(x) {
        const waitMs = x.isDiscarded ? x.retryAfterMs : failedWait(x);
        if (x.tryTimer) core.timers.disarm(x.tryTimer);
        if (waitMs < 0) return outer.settle(x);
        const pause = Math.max(waitMs, isQuick(x) ? 0 : backoff(policy, x.attempts, random.unit()));
        recordAttempt(core, x);
        if (x.backend) x.tried.push(x.backend);
        beginNextTry(x, random);
        if (pause <= 0) begin(x);
        else hold(core, x, outer, pause, () => begin(x));
      },
    };

    /** ≥ 0: it is tried again */
    function failedWait(x: Exchange): number {
      const { error } = x;
      if (!error || x.attempts > policy.attempts) return -1;
      const cause = causeOf(error, x.firstByteMs >= 0);
      if (!cause || !policy.on.includes(cause)) return -1;
      return isSafe(x, cause === "connect-failure") && withdraw() ? 0 : -1;
    }

    /** nobody was burdened by it, and there is somebody else to ask */
    function isQuick({ error, tried, destination }: Exchange): boolean {
      return error?.retry === "yes" && (destination?.backends.length ?? 0) > tried.length + 1;
    }
  };
}
