// Names of the outside, asked of the host's own resolver (getaddrinfo: hosts file, search domains, nsswitch and all).
// It gives no lifetimes, so answers are kept for a short fixed time; each name is asked once however many wait for it.
import { lookup } from "node:dns/promises";
import type { Clock } from "../../base/clock.ts";
import type { DnsRcode } from "../../model/messages.ts";

export type Resolved = { readonly rcode: DnsRcode; readonly addresses: readonly string[]; readonly ttlS: number };
export type Resolve = (name: string, family: 4 | 6) => Promise<Resolved>;
/** as node:dns: addresses, or throws with a code */
export type Ask = (name: string, family: 4 | 6) => Promise<readonly string[]>;

const FOUND_S = 30;
const MISSING_S = 5;
const FAILED_S = 1;
const TIMEOUT_MS = 5_000;
/** getaddrinfo blocks a thread of a small pool */
const AT_ONCE = 16;
const MAX_WAITING = 512;
const MAX_KEPT = 10_000;

const FAILURE: Resolved = { rcode: "SERVFAIL", addresses: [], ttlS: FAILED_S };

export function hostResolver(clock: Clock, ask: Ask = askHost): Resolve {
  const kept = new Map<string, { readonly untilMs: number; readonly answer: Promise<Resolved> }>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const limited = async (name: string, family: 4 | 6): Promise<readonly string[]> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw new Error("too many names are being asked for");
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running++;
    try {
      return await ask(name, family);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };

  const find = async (name: string, family: 4 | 6): Promise<Resolved> => {
    try {
      const addresses = await limited(name, family);
      if (addresses.length > 0) return { rcode: "NOERROR", addresses, ttlS: FOUND_S };
    } catch (error) {
      if (!isMissing(error)) return FAILURE;
    }
    // getaddrinfo does not tell a name without this type (NOERROR) from no name at all (NXDOMAIN, RFC 2308)
    try {
      const others = await limited(name, family === 4 ? 6 : 4);
      return { rcode: others.length > 0 ? "NOERROR" : "NXDOMAIN", addresses: [], ttlS: MISSING_S };
    } catch (error) {
      return isMissing(error) ? { rcode: "NXDOMAIN", addresses: [], ttlS: MISSING_S } : FAILURE;
    }
  };

  return async (name, family) => {
    if (!isName(name)) return { rcode: "NXDOMAIN", addresses: [], ttlS: MISSING_S };
    const key = `${family} ${name.toLowerCase()}`;
    const known = kept.get(key);
    if (known && known.untilMs > clock.monotonicMs()) return known.answer;
    const answer = within(clock, find(name, family));
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? "");
    kept.delete(key);
    const entry = { untilMs: Number.POSITIVE_INFINITY, answer };
    kept.set(key, entry);
    const { ttlS } = await answer;
    if (kept.get(key) === entry) kept.set(key, { answer, untilMs: clock.monotonicMs() + ttlS * 1000 });
    return answer;
  };
}

function within(clock: Clock, answer: Promise<Resolved>): Promise<Resolved> {
  return new Promise((resolve) => {
    const timer = clock.after(TIMEOUT_MS, () => resolve(FAILURE));
    void answer.then((resolved) => {
      timer.cancel();
      resolve(resolved);
    });
  });
}

/** what may be asked: labels of 1 to 63 characters, 253 in all, nothing that a resolver could take for something else */
function isName(name: string): boolean {
  const bare = name.replace(/\.$/, "");
  return bare.length <= 253 && bare.split(".").every((label) => /^[\w-]{1,63}$/.test(label));
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ENOTFOUND", "ENODATA", "DNS_ENOTFOUND", "DNS_ENODATA"].includes(code);
}

async function askHost(name: string, family: 4 | 6): Promise<readonly string[]> {
  const found = await lookup(name, { family, all: true, verbatim: true });
  return found.map(({ address }) => address);
}
