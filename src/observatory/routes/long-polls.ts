// Long polls: an endpoint that waits until there is something to say, or a timer is over. How long that takes is no latency.
// Learned from answers alone: many come at one time with nothing, none later, and those that come before have something to
// say and come at any time. An endpoint that waits for a slow dependency and gives up looks alike, but used to be quick.
import { ABSENT } from "../../model/span.ts";

export type LongPolls = {
  /** Is this one of an endpoint that is known to wait? Call it for each successful answer, in the order in which they come.
   *  @param route its number @param bytes of the answer */
  waits(route: number, status: number, bytes: number, durationUs: number): boolean;
};

type Answer = { readonly status: number; readonly bytes: number; readonly us: number };
type Endpoint = { readonly answers: Answer[]; since: number; isKnown: boolean; misses: number };

const LEAST_TIMER_US = 2e6;
/** without one answer that had something to say only a long time with 204 or 304 is believed */
const SILENT_TIMER_US = 10e6;
const QUICK_US = 100_000;
const MOST_QUICK = 0.3;
const WINDOW = 64;
const ENOUGH = 24;
const EACH = 8;
const MOST_ENDPOINTS = 500;
const FORGIVEN = 3;
const MOSTLY = 0.8;

export function longPolls(): LongPolls {
  const endpoints = new Map<number, Endpoint>();
  /** by route: answers that came at once, of all that there were; they decide whether it ever was an ordinary endpoint */
  const quick: number[] = [];
  const all: number[] = [];

  const isOrdinary = (route: number) => (quick[route] ?? 0) > MOST_QUICK * (all[route] ?? 0);

  return {
    waits(route, status, bytes, us) {
      all[route] = (all[route] ?? 0) + 1;
      if (us < QUICK_US) quick[route] = (quick[route] ?? 0) + 1;
      if (us < LEAST_TIMER_US && endpoints.size === 0) return false;
      let endpoint = endpoints.get(route);
      if (!endpoint) {
        if (us < LEAST_TIMER_US || us === ABSENT || isOrdinary(route)) return false;
        if (endpoints.size >= MOST_ENDPOINTS) endpoints.delete(endpoints.keys().next().value as number);
        endpoint = { answers: [], since: 0, isKnown: false, misses: 0 };
        endpoints.set(route, endpoint);
      }
      endpoint.answers.push({ status, bytes, us });
      if (endpoint.answers.length > WINDOW) endpoint.answers.shift();
      if (++endpoint.since >= EACH && endpoint.answers.length >= ENOUGH) {
        endpoint.since = 0;
        const fits = !isOrdinary(route) && hasTimer(endpoint.answers);
        endpoint.misses = fits ? 0 : endpoint.misses + 1;
        endpoint.isKnown = fits || (endpoint.isKnown && endpoint.misses < FORGIVEN);
      }
      return endpoint.isKnown;
    },
  };
}

function hasTimer(answers: readonly Answer[]): boolean {
  const timerUs = Math.max(...answers.map(({ us }) => us));
  if (timerUs < LEAST_TIMER_US) return false;
  const least = Math.min(...answers.map(({ bytes }) => bytes));
  const saysNothing = ({ status, bytes }: Answer) => status === 204 || status === 304 || bytes <= least * 1.05 + 8;
  const isLate = ({ us }: Answer) => us >= timerUs - Math.max(0.02 * timerUs, 60_000);

  const late = answers.filter(isLate);
  const early = answers.filter((one) => !isLate(one));
  // something may be there to say just before the timer is over
  const silent = late.filter(saysNothing).length;
  if (silent < answers.length / 8 || silent < EACH || silent < MOSTLY * late.length) return false;
  if (early.length < 4)
    return timerUs >= SILENT_TIMER_US && late.every(({ status }) => status === 204 || status === 304);
  const telling = early.filter((one) => !saysNothing(one));
  const median = early.map(({ us }) => us).sort((a, b) => a - b)[early.length >> 1] as number;
  return telling.length >= MOSTLY * early.length && median >= 0.05 * timerUs && median <= 0.95 * timerUs;
}
