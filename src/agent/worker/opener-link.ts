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
import { type Answered, asking } from "../asking.ts";

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
  const asked = asking<WorkerToOpener, OpenerToWorker>(clock, ANSWER_WITHIN_MS);
  let opener: Channel<OpenerToWorker, WorkerToOpener> | undefined;

  const ask = (make: (id: number) => WorkerToOpener, answered: Answered<OpenerToWorker>) => {
    const request = asked.ask(make, answered);
    opener?.send(request);
  };

  return {
    connect(channel) {
      opener?.close();
      opener = channel;
      channel.onMessage((answer, fds) => {
        if (!asked.settle(answer.id, answer, fds)) closeFds(fds);
      });
      channel.onClose(() => {
        if (opener === channel) opener = undefined;
      });
      for (const request of asked.requests()) channel.send(request);
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
