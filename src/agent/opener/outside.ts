// The opener's way to the host, which connects to outside addresses and asks the outside for names. Requests of all workers
// share one link under ids of our own; an answer goes back to the worker that asked.
import type { Clock } from "../../base/clock.ts";
import { isForbiddenEgress } from "../../model/egress.ts";
import type {
  DialAnswer,
  DialRequest,
  HostAnswer,
  HostRequest,
  OpenerToWorker,
  ResolveRequest,
} from "../../model/messages.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";
import { type Answered, asking } from "../asking.ts";

/** the host only begins a connect or asks its resolver; one that takes longer is not well */
const ANSWER_WITHIN_MS = 15_000;
/** requests under way; a worker that asks for more than this is refused */
const MAX_PENDING = 16_384;

type Egress = Extract<DialRequest, { type: "egress" }>;
type Reply = (answer: OpenerToWorker, fds?: readonly number[]) => void;

export type Outside = {
  link(channel: Channel<HostAnswer, HostRequest>): void;
  allow(allowed: boolean): void;
  dial(request: Egress, reply: Reply): void;
  resolve(request: ResolveRequest, reply: Reply): void;
};

export type OutsideDeps = { readonly clock: Clock; readonly onLost: () => void };

export function makeOutside({ clock, onLost }: OutsideDeps): Outside {
  const asked = asking<HostRequest, HostAnswer>(clock, ANSWER_WITHIN_MS);
  let host: Channel<HostAnswer, HostRequest> | undefined;
  let allowed = false;

  const ask = (make: (id: number) => HostRequest, answered: Answered<HostAnswer>) => {
    if (!host || asked.size() >= MAX_PENDING) return answered(undefined, []);
    host.send(asked.ask(make, answered));
  };

  return {
    link(channel) {
      host?.close();
      host = channel;
      channel.onMessage((answer, fds) => {
        asked.settle(answer.id, answer, fds);
        closeFds(fds); // the worker has got a copy
      });
      channel.onClose(() => {
        if (host !== channel) return;
        host = undefined;
        asked.failAll();
        onLost();
      });
    },
    allow(next) {
      allowed = next;
    },
    dial({ id, source, address, port }, reply) {
      const reason = allowed
        ? isForbiddenEgress(address)
        : "this project's workloads may not call outside (egress is off)";
      if (reason) return reply(refuse(id, "forbidden", `${address}: ${reason}`));
      ask(
        (own) => ({ type: "egress", id: own, source, address, port }),
        (got, fds) => {
          if (got?.type !== "dialed") return reply(refuse(id, "unreachable", "the host does not answer"));
          if (got.ok && fds.length === 0) return reply(refuse(id, "exhausted", "no room for another descriptor"));
          reply({ ...got, id }, got.ok ? fds : []);
        },
      );
    },
    resolve({ id, name, family }, reply) {
      const failed = { type: "resolved", id, rcode: "SERVFAIL", addresses: [], ttlS: 0 } as const;
      if (!allowed) return reply({ ...failed, rcode: "REFUSED" });
      ask(
        (own) => ({ type: "resolve", id: own, name, family }),
        (got) => reply(got?.type === "resolved" ? { ...got, id } : failed),
      );
    },
  };
}

export function refuse(id: number, error: Extract<DialAnswer, { ok: false }>["error"], detail: string): DialAnswer {
  return { type: "dialed", id, ok: false, error, detail };
}
