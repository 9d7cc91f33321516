// Tells who wants to know of incidents: a POST of JSON to each webhook, a line in each file. Nobody is waited for: what a
// webhook does not take now waits in a bounded box and is sent again, with jitter, until it is taken or refused.
import { appendFileSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { Notification } from "../../model/objective.ts";
import { VERSION } from "../../model/release.ts";
import { type Outbox, type Outcome, outbox } from "../out/outbox.ts";

export type Notifier = {
  /** from now on these are told; what waits for an address that is still among them goes on waiting */
  set(notifications: readonly Notification[]): void;
  /** @param event is written as JSON */
  tell(event: object): void;
  /** sends what can be sent in a short time */
  close(): Promise<void>;
};

export type NotifierDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (text: string) => void;
};

const WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 1_000;
const MOST_WAITING_BYTES = 1 << 20;
/** a client's mistake passes as seldom as that of anybody; these say that it will */
const LATER: readonly number[] = [408, 425, 429];

type Webhook = { readonly box: Outbox; told: string };

export function notifier(deps: NotifierDeps): Notifier {
  const { clock, random, log } = deps;
  const webhooks = new Map<string, Webhook>();
  let files: readonly string[] = [];

  const webhook = (url: string): Webhook => {
    const send = async (bytes: Uint8Array<ArrayBuffer>) => {
      const outcome = await post(clock, url, bytes);
      const text =
        outcome.kind === "sent" ? "" : `${outcome.reason}${outcome.kind === "later" ? "; it is tried again" : ""}`;
      if (text !== "" && text !== made.told) log(`notification: ${new URL(url).host} ${text}`);
      made.told = text;
      return outcome;
    };
    const made: Webhook = { box: outbox({ clock, random, send }, MOST_WAITING_BYTES), told: "" };
    return made;
  };

  const append = (path: string, line: string) => {
    try {
      appendFileSync(path, line, { mode: 0o600 });
    } catch (thrown) {
      log(`notification: ${path} cannot be written (${thrown instanceof Error ? thrown.message : thrown})`);
    }
  };

  return {
    set(notifications) {
      const urls = new Set(notifications.flatMap((one) => one.webhook ?? []));
      for (const [url, { box }] of webhooks) {
        if (urls.has(url)) continue;
        void box.close(CLOSE_WITHIN_MS);
        webhooks.delete(url);
      }
      for (const url of urls) if (!webhooks.has(url)) webhooks.set(url, webhook(url));
      files = [...new Set(notifications.flatMap(({ file }) => file ?? []))];
    },
    tell(event) {
      const text = JSON.stringify(event);
      for (const [url, { box }] of webhooks) {
        const { full } = box.counts.dropped;
        box.push(1, () => new TextEncoder().encode(text));
        if (box.counts.dropped.full > full) log(`notification: too many wait for ${new URL(url).host}; one is dropped`);
      }
      for (const path of files) append(path, `${text}\n`);
    },
    async close() {
      await Promise.all([...webhooks.values()].map(({ box }) => box.close(CLOSE_WITHIN_MS)));
    },
  };
}

async function post(clock: Clock, url: string, body: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  const abort = new AbortController();
  const late = clock.after(WITHIN_MS, () => abort.abort(new Error(`no answer within ${WITHIN_MS / 1000} s`)));
  try {
    const headers = { "content-type": "application/json", "user-agent": `Meshwise/${VERSION}` };
    // where it is redirected to is no address that the user configured
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: abort.signal });
    await answer.body?.cancel();
    if (answer.ok) return { kind: "sent", rejected: 0 };
    const reason = `answers ${answer.status}`;
    if (answer.status < 500 && !LATER.includes(answer.status)) return { kind: "gone", reason };
    const afterS = Number(answer.headers.get("retry-after") ?? Number.NaN);
    return { kind: "later", reason, ...(Number.isFinite(afterS) && { afterMs: afterS * 1000 }) };
  } catch (thrown) {
    return { kind: "later", reason: `cannot be reached (${thrown instanceof Error ? thrown.message : thrown})` };
  } finally {
    late.cancel();
  }
}
