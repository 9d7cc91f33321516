// A worker's link to the opener. The opener may die and come back: what was asked and not answered is asked again on the
// new link, and fails only when that takes too long.
import type { Clock } from "../../base/clock.ts";
import type {
  DialAnswer,
  DialRequest,
  OpenerToWorker,
  ResolveAnswer,
  ResolveRequest,
  WorkerToOpener,
} from "../../model/messages.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";

const ANSWER_WITHIN_MS = 10_000;

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
type DialTarget = Without<DialRequest, "id">;
type DialResult =
  | { readonly ok: true; readonly fd: number }
  | Without<Extract<DialAnswer, { ok: false }>, "id" | "type">;

export type OpenerLink = {
  /** a new opener, or the first one */
  connect(channel: Channel<OpenerToWorker, WorkerToOpener>): void;
  /** `done` is called exactly once; the descriptor is then the caller's */
  dial(target: DialTarget, done: (result: DialResult) => void): void;
  resolve(name: string, family: 4 | 6): Promise<Omit<ResolveAnswer, "type" | "id">>;
};

export function openerLink(clock: Clock): OpenerLink {
  type Pending = {
    readonly request: WorkerToOpener;
    readonly answer: (got: OpenerToWorker | undefined, fds: readonly number[]) => void;
    readonly at: number;
  };
  const pending = new Map<number, Pending>();
  let opener: Channel<OpenerToWorker, WorkerToOpener> | undefined;
  let lastId = 0;

  const settle = (id: number, got: OpenerToWorker | undefined, fds: readonly number[]) => {
    const waiting = pending.get(id);
    if (!waiting) return closeFds(fds);
    pending.delete(id);
    waiting.answer(got, fds);
  };

  const ask = (make: (id: number) => WorkerToOpener, answer: Pending["answer"]) => {
    lastId = (lastId + 1) >>> 0;
    const request = make(lastId);
    pending.set(lastId, { request, answer, at: clock.monotonicMs() });
    opener?.send(request);
  };

  clock.every(1000, () => {
    const before = clock.monotonicMs() - ANSWER_WITHIN_MS;
    for (const [id, { at }] of pending) {
      if (at > before) break; // in the order they were asked
      settle(id, undefined, []);
    }
  });

  return {
    connect(channel) {
      opener?.close();
      opener = channel;
      channel.onMessage((answer, fds) => settle(answer.id, answer, fds));
      channel.onClose(() => {
        if (opener === channel) opener = undefined;
      });
      for (const { request } of pending.values()) channel.send(request);
    },
    dial(target, done) {
      ask(
        (id) => ({ ...target, id }),
        (got, fds) => {
          const [fd, ...surplus] = fds;
          closeFds(surplus);
          if (got?.type !== "dialed") {
            return done({ ok: false, error: "unreachable", detail: "the agent could not open a socket in time" });
          }
          if (!got.ok) return done({ ok: false, error: got.error, detail: got.detail });
          if (fd === undefined)
            return done({ ok: false, error: "exhausted", detail: "no room for another descriptor" });
          done({ ok: true, fd });
        },
      );
    },
    resolve(name, family) {
      return new Promise((resolve) => {
        ask(
          (id): ResolveRequest => ({ type: "resolve", id, name, family }),
          (got, fds) => {
            closeFds(fds);
            if (got?.type === "resolved") resolve(got);
            else resolve({ rcode: "SERVFAIL", addresses: [], ttlS: 0 });
          },
        );
      });
    },
  };
}
