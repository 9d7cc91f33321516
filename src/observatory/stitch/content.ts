// What content says of a call and a request: an id of the request itself that stands on both decides; what requests may have in
// common counts by how often it was seen on links and on strangers, by kind of call and by what it is.
import { EXACT, SHARED, TOKENS } from "./exchange.ts";
import type { Model } from "./model.ts";
import { CANDIDATES, NONE, type Window } from "./window.ts";

/** how long after its answer a request may still make calls, µs */
export const AFTERWARDS_US = 1_000_000;
/** log odds of a trace id, or its like, on both */
const CERTAIN = 200;

/** Log odds from content that a request is a call's parent; -∞: it was not there. */
export function affinityOf(window: Window, model: Model, c: number, r: number): number {
  const { request, call, hasContent } = window;
  const start = call.start[c] as number;
  if (start < (request.start[r] as number)) return Number.NEGATIVE_INFINITY;
  if (start > (request.end[r] as number) + AFTERWARDS_US) return Number.NEGATIVE_INFINITY;
  if (!hasContent) return 0;
  if (isSure(window, c, r)) return CERTAIN;
  if (!mayShare(window, r)) return 0;
  const at = (call.kind[c] as number) * SHARED;
  let sum = 0;
  for (let place = 0; place < SHARED; place++) {
    if (call.tokens[c * TOKENS + EXACT + place] === 0) continue;
    sum += model.contentLogs[(at + place) * 2 + isShared(window, c, place, r)] as number;
  }
  return sum;
}

/** An id of the request stands on both. */
export function isSure({ request, call }: Window, c: number, r: number): boolean {
  for (let i = 0; i < EXACT; i++) {
    const token = call.tokens[c * TOKENS + i] as number;
    if (token !== 0 && token === request.tokens[r * TOKENS + i]) return true;
  }
  return false;
}

/** Who carries nothing says nothing. */
function mayShare({ request }: Window, r: number): boolean {
  for (let i = EXACT; i < TOKENS; i++) if (request.tokens[r * TOKENS + i] !== 0) return true;
  return false;
}

/** 1: what stands in that place of the call stands somewhere in the request */
function isShared({ request, call }: Window, c: number, place: number, r: number): 0 | 1 {
  const token = call.tokens[c * TOKENS + EXACT + place] as number;
  for (let i = EXACT; i < TOKENS; i++) if (request.tokens[r * TOKENS + i] === token) return 1;
  return 0;
}

export function learnContent(window: Window, model: Model, c: number): void {
  const { call } = window;
  const parent = call.parent[c] as number;
  if (!window.hasContent || parent === NONE) return;
  for (let place = 0; place < SHARED; place++) {
    if (call.tokens[c * TOKENS + EXACT + place] === 0) continue;
    const counts = model.content.subarray(((call.kind[c] as number) * SHARED + place) * 4);
    let strangers = -1;
    let sharing = -1;
    for (let i = 0; i < (call.candidateCount[c] as number); i++) {
      const r = call.candidates[c * CANDIDATES + i] as number;
      if (!mayShare(window, r)) continue;
      const shares = isShared(window, c, place, r);
      strangers++;
      sharing += shares;
      if (r !== parent) continue;
      counts[2] = (counts[2] as number) + 1;
      counts[3] = (counts[3] as number) + shares;
    }
    // all but one, and that is one that shares: whoever the parent is
    counts[0] = (counts[0] as number) + Math.max(0, strangers);
    counts[1] = (counts[1] as number) + Math.max(0, sharing);
  }
}

/** Links are thought to share what they shared when `content` was the model's. */
export function believeLinks(model: Model, content: Float32Array): void {
  for (let at = 2; at < content.length; at += 4) model.content.set(content.subarray(at, at + 2), at);
}

/** Before anything was seen: nine of ten calls share what can be shared, one of fifty strangers does. */
export function compileContent({ content, contentLogs, kinds }: Model): void {
  for (let at = 0; at < kinds * SHARED; at++) {
    const [pairs, sharing, links, sharingLinks] = content.subarray(at * 4, at * 4 + 4) as unknown as number[];
    const own = ((sharingLinks as number) + 18) / ((links as number) + 20);
    const any = ((sharing as number) + 1) / ((pairs as number) + 50);
    contentLogs[at * 2] = Math.min(0, Math.log((1 - own) / Math.max(1e-3, 1 - any)));
    contentLogs[at * 2 + 1] = Math.max(0, Math.log(own / any));
  }
}
