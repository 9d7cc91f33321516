// Circuit breakers that refuse: told when it begins and when it is over, from the requests that were refused. A breaker
// opens and closes with each request that ends; to people it is open as long as it goes on refusing.
import { ERROR_CODES } from "../../base/errors/index.ts";
import type { Change } from "../../model/change.ts";
import type { End } from "../live/series.ts";

export type Breakers = {
  /** a request to `end` was refused */
  refused(end: End, atUs: number): void;
  /** what began and what is over */
  take(nowUs: number): Change[];
};

/** as spans name it */
export const BREAKER_OPEN = 1 + ERROR_CODES.indexOf("breaker_open");

const OVER_AFTER_US = 10e6;

type Open = { readonly sinceUs: number; untilUs: number; requests: number; isTold: boolean };

export function watchBreakers(): Breakers {
  const open = new Map<End, Open>();
  return {
    refused(end, atUs) {
      const one = open.get(end) ?? { sinceUs: atUs, untilUs: atUs, requests: 0, isTold: false };
      one.requests++;
      one.untilUs = Math.max(one.untilUs, atUs);
      open.set(end, one);
    },
    take(nowUs) {
      const found: Change[] = [];
      for (const [end, one] of open) {
        const of = { namespace: end.namespace, service: end.name, kind: "breaker", workload: "", version: "" } as const;
        if (!one.isTold) found.push({ ...of, atUs: one.sinceUs, text: "the circuit breaker refuses requests" });
        one.isTold = true;
        if (nowUs - one.untilUs < OVER_AFTER_US) continue;
        const seconds = Math.max(1, Math.round((one.untilUs - one.sinceUs) / 1e6));
        const many = one.requests === 1 ? "1 request" : `${one.requests} requests`;
        const text = `the circuit breaker refuses nothing any more, after ${many} in ${seconds} s`;
        found.push({ ...of, atUs: one.untilUs, text });
        open.delete(end);
      }
      return found;
    },
  };
}
