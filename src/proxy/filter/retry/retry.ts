// Tries a request again where that is safe and the budget allows it. Safe: it provably was not sent; or its method is
// idempotent, or the policy says that it may run twice, and every byte of it is still here. Never once a byte of an answer
// has gone to the client.

import { MeshError } from "../../../base/errors/index.ts";
import type { Retries } from "../../../model/traffic-policy.ts";
import { fieldValue } from "../../../protocol/http1/lines.ts";
import type { ResponseHead } from "../../../protocol/http1/types.ts";
import { isWhole } from "../../body.ts";
import { beginNextTry } from "../../exchange.ts";
import { LIMITS } from "../../limits.ts";
import { giveUp } from "../../send/give-up.ts";
import type { Core, Exchange, Layer, ServiceState } from "../../shapes.ts";
import { hostMs, wake } from "../../time.ts";
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

  const withdraw = () =>
    service.slot >= 0 && page.budgets.withdraw(service.slot, hostMs(core), policy.budgetShare, policy.budgetPerSecond);

  /** asked when the head of a final answer is here: true = it is not passed on, the try has failed */
  const discards = (x: Exchange, answer: ResponseHead): boolean => {
    if (statuses[answer.status] !== 1 || x.attempts > policy.attempts || !isSafe(x, false)) return false;
    const after = answer.lines === undefined ? 0 : retryAfterMs(fieldValue(answer.lines, "retry-after"), clock.nowUs());
    // the caller can wait longer than we should hold it
    if (after > policy.maxBackoffMs || !withdraw()) return false;
    x.retryAfterMs = after;
    return true;
  };

  return (inner, outer) => {
    /** one more try, at once or later; meanwhile nobody further in has anything to do with it */
    const retryAfter = (x: Exchange, waitMs: number) => {
      if (waitMs <= 0) return begin(x);
      const { turn, attempts, way } = x;
      x.way = outer;
      x.downstream.deadline = core.nowMs + waitMs + LIMITS.firstByteMs;
      clock.after(waitMs, () => {
        // it may have ended meanwhile: the client went away, or its time was over
        if (x.turn !== turn || x.attempts !== attempts || x.isSettled || x.error) return;
        wake(core);
        x.way = way;
        begin(x);
      });
    };

    const begin = (x: Exchange) => {
      if (perTryMs > 0 && !x.isOpaque) limit(x);
      inner.run(x);
    };

    const limit = (x: Exchange) => {
      const { turn, attempts } = x;
      clock.after(perTryMs, () => {
        if (x.turn !== turn || x.attempts !== attempts || x.isSettled || x.error || x.response) return;
        wake(core);
        giveUp(x, new MeshError("response_timeout", `within the ${perTryMs} ms of one try`));
      });
    };

    return {
      run(x) {
        if (service.slot >= 0) page.budgets.request(service.slot, hostMs(core));
        x.attempts = 1;
        if (isSentAgain && !x.isOpaque && x.head && (policy.unsafe || isIdempotent(x.head.method))) {
          x.request.keepBytes = LIMITS.keptBodyBytes;
          if (hasStatuses) x.judge = discards;
        }
        begin(x);
      },
      settle(x) {
        const waitMs = x.isDiscarded ? x.retryAfterMs : failedWait(x);
        if (waitMs < 0) {
          x.judge = undefined;
          return outer.settle(x);
        }
        const pause = Math.max(waitMs, isQuick(x) ? 0 : backoff(policy, x.attempts, random.unit()));
        recordAttempt(core, x);
        if (x.backend) x.tried.push(x.backend);
        beginNextTry(x, random);
        retryAfter(x, pause);
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
