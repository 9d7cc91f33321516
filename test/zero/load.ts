// Sends requests at a steady rate, whatever becomes of those before (an open loop: one that waited for slow answers would
// hide them), until its standard input ends; then waits for what is open and prints what came of it, a LoadResult as JSON.
// An empty line before that says that it has got its first answer.
//   bun load.ts <name> <host> <port> <requests a second>
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { type Caller, caller, type Outcome } from "./caller.ts";

export type LoadResult = {
  readonly requests: number;
  /** numbers of the POSTs with a good answer */
  readonly posted: readonly number[];
  /** answers that the service itself says it could not give */
  readonly failedByApp: number;
  readonly failures: number;
  /** the first of them */
  readonly examples: readonly string[];
  /** ms, from the moment at which it was due */
  readonly slowestMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** the seconds with the slowest requests, counted from the start: when a request was due, and how long it took */
  readonly slowest: readonly string[];
  /** requests that were still open long after the end */
  readonly unanswered: number;
  /** the most connections at a time */
  readonly connections: number;
};

const TICK_MS = 2;
const EXAMPLES = 12;
const SLOW_SECONDS = 6;
const UNANSWERED_AFTER_MS = 30_000;
const FRESH_SHARE = 0.05;
/** bytes; most are small */
const SIZES = [16, 200, 200, 1_000, 1_000, 4_000, 32_000];

const [name = "", host = "", port = "", rate = ""] = process.argv.slice(2);
const clock = systemClock;
const random = seededRandom(name.length);
const body = Buffer.alloc(Math.max(...SIZES), "a");
const latencies: number[] = [];
const slowestBySecond = new Map<number, number>();
const posted: number[] = [];
const examples: string[] = [];
let [sent, failures, failedByApp, open, connections] = [0, 0, 0, 0, 0];

const size = () => SIZES[Math.floor(random.unit() * SIZES.length)] as number;

function request(id: number, isPost: boolean, keeps: boolean): Uint8Array {
  const length = isPost ? size() : 0;
  const head = [
    `${isPost ? "POST" : "GET"} /${name}-${id} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `X-Answer: ${size()}`,
    ...(isPost ? [`X-Length: ${length}`, `Content-Length: ${length}`] : []),
    ...(keeps ? [] : ["Connection: close"]),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body.subarray(0, length)]);
}

function sendOne(to: Caller, dueMs: number): void {
  const id = ++sent;
  const isPost = random.unit() < 0.5;
  const keeps = random.unit() >= FRESH_SHARE;
  open++;
  to.send(request(id, isPost, keeps), keeps, (outcome) => {
    open--;
    if (latencies.length === 0) process.stdout.write("\n");
    const took = clock.monotonicMs() - dueMs;
    latencies.push(took);
    const second = Math.floor((dueMs - startMs) / 1000);
    if (took > (slowestBySecond.get(second) ?? 0)) slowestBySecond.set(second, took);
    const problem = problemOf(outcome, id);
    if (problem === undefined) {
      if (isPost) posted.push(id);
    } else if (problem === "by itself") failedByApp++;
    else {
      failures++;
      const at = ((dueMs - startMs) / 1000).toFixed(2);
      if (examples.length < EXAMPLES) examples.push(`${at} s ${isPost ? "POST" : "GET"} ${name}-${id}: ${problem}`);
    }
  });
}

function problemOf(outcome: Outcome, id: number): string | undefined {
  if ("failure" in outcome) return outcome.failure;
  const { status, head, body } = outcome.answer;
  if (/^x-failed: by itself/im.test(head)) return "by itself";
  if (status !== 200)
    return `${head
      .split("\r\n")
      .filter((line) => /^(HTTP|proxy-status)/i.test(line))
      .join(", ")}`;
  // an answer shorter than the name has its beginning
  const wanted = `${name}-${id}`.slice(0, body.length);
  return body.toString("latin1", 0, wanted.length) === wanted ? undefined : "the answer to another request";
}

function quantile(share: number): number {
  latencies.sort((a, b) => a - b);
  return Math.round((latencies[Math.floor(share * (latencies.length - 1))] ?? 0) * 10) / 10;
}

function slowSeconds(): string[] {
  const slow = [...slowestBySecond].sort(([, a], [, b]) => b - a).slice(0, SLOW_SECONDS);
  return slow.map(([second, ms]) => `${ms.toFixed(0)} ms at ${second} s`);
}

const to = caller({ host, port: Number(port) }, { clock, random });
const startMs = clock.monotonicMs();
const ticking = setInterval(() => {
  const now = clock.monotonicMs();
  while (startMs + (sent * 1000) / Number(rate) <= now) sendOne(to, startMs + (sent * 1000) / Number(rate));
  connections = Math.max(connections, to.open());
}, TICK_MS);

for await (const _ of Bun.stdin.stream()) {
  // its end is all that counts
}
clearInterval(ticking);
const until = clock.monotonicMs() + UNANSWERED_AFTER_MS;
while (open > 0 && clock.monotonicMs() < until) await clock.sleep(10);
const unanswered = open;
to.close();
const result: LoadResult = {
  ...{ requests: sent, posted, failedByApp, failures: failures + unanswered, examples, unanswered, connections },
  slowest: slowSeconds(),
  ...{ slowestMs: quantile(1), p50Ms: quantile(0.5), p99Ms: quantile(0.99) },
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
