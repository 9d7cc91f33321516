// Who listens where, and how connections come about: handshakes that take time, SYNs that are lost, refusals, queues that
// move to another listener of the same port when theirs is closed.
import { die, type Endpoint, endpoint, type Link, oneWayMs, reset, vanish, type Wire } from "./endpoint.ts";

export type Listener = {
  readonly place: string;
  readonly owner: string;
  /** connections that nobody has accepted yet */
  readonly queue: Endpoint[];
  isOpen: boolean;
  notify: () => void;
};

export type Dialing = {
  readonly owner: string;
  /** where it listens, see `listen` */
  readonly place: string;
  readonly from: readonly [address: string, port: number];
  readonly to: readonly [address: string, port: number];
  readonly link: Link;
};

export type Network = {
  /** Several may listen at one place (SO_REUSEPORT): each connection goes to one of them. */
  listen(place: string, owner: string, notify: () => void): Listener;
  close(listener: Listener): void;
  dial(dialing: Dialing): Endpoint;
  /** a place whose machine is gone: SYNs are not answered, its connections are silent */
  vanish(place: string): void;
  /** every endpoint there ever was of an owner that is not closed */
  openOf(owner: string): readonly Endpoint[];
};

/** a kernel sends a SYN again after 1 s, 3 s, 7 s … */
const SYN_AGAIN_MS = [1000, 3000, 7000, 15_000, 31_000, 63_000];
const SYN_GIVE_UP_MS = 127_000;

export function network(wire: Wire): Network {
  const places = new Map<string, Listener[]>();
  const vanished = new Set<string>();
  const owned = new Map<string, Set<Endpoint>>();

  function own(one: Endpoint): void {
    let all = owned.get(one.owner);
    if (!all) {
      all = new Set();
      owned.set(one.owner, all);
    }
    all.add(one);
  }

  function enqueue(listeners: readonly Listener[], one: Endpoint): void {
    const listener = wire.draw.pick(listeners);
    one.owner = listener.owner;
    listener.queue.push(one);
    listener.notify();
  }

  function syn(caller: Endpoint, { place, link, from, to }: Dialing): void {
    if (caller.isDead || caller.isVanished || caller.isStanding || vanished.has(place)) return;
    const listeners = places.get(place);
    if (!listeners || listeners.length === 0) {
      wire.clock.after(oneWayMs(caller), () => die(caller, "ECONNREFUSED"));
      return;
    }
    const callee = endpoint(wire, link, "", to, from);
    callee.isStanding = true;
    callee.peer = caller;
    caller.peer = callee;
    callee.lastArrivalMs = wire.clock.monotonicMs() + oneWayMs(caller);
    wire.clock.at(callee.lastArrivalMs, () => {
      if (caller.isVanished || caller.isDead) return;
      if (caller.isClosed) return die(callee, "ECONNRESET");
      caller.isStanding = true;
      caller.notify();
    });
    enqueue(listeners, callee);
    own(callee);
  }

  return {
    listen(place, owner, notify) {
      const listener: Listener = { place, owner, queue: [], isOpen: true, notify };
      places.set(place, [...(places.get(place) ?? []), listener]);
      return listener;
    },
    close(listener) {
      if (!listener.isOpen) return;
      listener.isOpen = false;
      const others = (places.get(listener.place) ?? []).filter((it) => it !== listener);
      places.set(listener.place, others);
      for (const one of listener.queue.splice(0)) {
        if (others.length === 0) {
          reset(one);
          continue;
        }
        owned.get(one.owner)?.delete(one);
        enqueue(others, one);
        own(one);
      }
    },
    dial(dialing) {
      const { owner, link, from, to } = dialing;
      const caller = endpoint(wire, link, owner, from, to);
      own(caller);
      const trySyn = (n: number) => {
        const arrives = oneWayMs(caller);
        if (!wire.draw.chance(link.loss)) wire.clock.after(arrives, () => syn(caller, dialing));
        const again = SYN_AGAIN_MS[n];
        wire.clock.after(again === undefined ? SYN_GIVE_UP_MS : again - (SYN_AGAIN_MS[n - 1] ?? 0), () => {
          if (caller.isStanding || caller.isClosed || caller.isDead) return;
          if (again === undefined) die(caller, "ETIMEDOUT");
          else trySyn(n + 1);
        });
      };
      trySyn(0);
      return caller;
    },
    vanish(place) {
      vanished.add(place);
      for (const listener of places.get(place) ?? []) {
        for (const one of owned.get(listener.owner) ?? []) vanish(one);
      }
    },
    openOf(owner) {
      return [...(owned.get(owner) ?? [])].filter((one) => !one.isClosed);
    },
  };
}
