// A workload's program: an HTTP server with habits, good and bad. It keeps account of what it was asked and what it did.
import type { RequestRecord } from "../check/history.ts";
import { close, type Endpoint, read, reset, send } from "../net/endpoint.ts";
import type { Listener } from "../net/network.ts";
import { SHADOW } from "../routes.ts";
import type { World } from "../world.ts";
import { bodyBytes, chunked, framingOf, type Head, isBody, messageReader } from "./message.ts";

export type Server = {
  readonly key: number;
  readonly service: string;
  readonly port: number;
  isUp(): boolean;
  start(): void;
  /** SIGTERM: listens no more, ends connections as they come to rest */
  stop(): void;
  /** SIGKILL */
  crash(): void;
  /** its machine is gone */
  vanish(): void;
};

export const placeOf = (key: number, port: number) => `workload ${key}:${port}`;

export function server(world: World, { key, service, port }: Pick<Server, "key" | "service" | "port">): Server {
  const name = `${service}-${key}`;
  const draw = world.draw.fork(name);
  const sessions = new Set<Session>();
  let listener: Listener | undefined;
  let isStopping = false;

  function accept(from: Listener): void {
    for (const endpoint of from.queue.splice(0)) {
      const one = session({
        world,
        draw,
        name,
        key,
        service,
        endpoint,
        isStopping: () => isStopping,
        gone: (it) => sessions.delete(it),
      });
      sessions.add(one);
      endpoint.notify = one.look;
      one.look();
    }
  }

  return {
    key,
    service,
    port,
    isUp: () => listener !== undefined,
    start() {
      world.say(name, () => "listens");
      isStopping = false;
      const made: Listener = world.network.listen(placeOf(key, port), name, () => {
        world.clock.after(draw.between(0, 0.1), () => accept(made));
      });
      listener = made;
    },
    stop() {
      world.say(name, () => "stops");
      isStopping = true;
      if (listener) world.network.close(listener);
      listener = undefined;
      for (const one of [...sessions]) one.rest();
    },
    crash() {
      world.say(name, () => "crashes");
      if (listener) world.network.close(listener);
      listener = undefined;
      for (const one of [...sessions]) one.crash();
    },
    vanish() {
      world.say(name, () => "vanishes");
      world.network.vanish(placeOf(key, port));
      listener = undefined;
      for (const one of [...sessions]) one.vanish();
    },
  };
}

type Session = { look(): void; rest(): void; crash(): void; vanish(): void };

type SessionDeps = {
  readonly world: World;
  readonly draw: World["draw"];
  readonly name: string;
  readonly key: number;
  readonly service: string;
  readonly endpoint: Endpoint;
  readonly isStopping: () => boolean;
  readonly gone: (session: Session) => void;
};

function session({ world, draw, name, key, service, endpoint, isStopping, gone }: SessionDeps): Session {
  const { clock, history } = world;
  const habits = world.weather.server;
  const worker = endpoint.peer?.owner ?? "?";
  const isShadow = service === SHADOW;
  let request: RequestRecord | undefined;
  let taken = 0;
  let isAnswering = false;
  let isOver = false;
  let isLast = false;
  let served = 0;
  let answeredMs = 0;
  let out: Buffer[] = [];
  let afterOut: (() => void) | undefined;

  const sight = () => ({ workload: key, worker, atMs: clock.monotonicMs() });

  function leave(): void {
    if (isOver) return;
    isOver = true;
    endpoint.notify = () => {};
    gone(self);
  }

  function hangUp(): void {
    if (isOver) return;
    close(endpoint);
    leave();
  }

  const reader = messageReader({
    onHead: (head) => began(head),
    onBody(bytes) {
      if (!request) return;
      if (!isBody(request.id * 2, taken, bytes)) {
        history.violate("bodies whole", `${name}: the body of ${request.id} differs after ${taken} bytes`);
      }
      taken += bytes.length;
    },
    onDone: whole,
    onBroken(why) {
      history.violate("valid HTTP", `${name}: ${why}`);
      hangUp();
    },
  });

  function began(head: Head) {
    const [method = "", target = ""] = head.line.split(" ");
    const id = Number(head.fields.get("x-id"));
    const found = history.requests.get(id);
    if (!found || method !== found.method || !target.startsWith(`/r/${id}?`)) {
      history.violate("valid HTTP", `${name}: ${head.line} with id ${head.fields.get("x-id")}`);
      return "none" as const;
    }
    if (isAnswering || request)
      history.violate("one answer", `${name}: request ${id} before ${request?.id} was answered`);
    world.say(name, () => `${head.line} on a connection of ${worker}, its request ${served + 1}`);
    request = isShadow ? shadowOf(found) : found;
    taken = 0;
    served++;
    if (isShadow) found.shadows++;
    else found.heads.push(sight());
    const framing = framingOf(head, "none");
    if (head.fields.get("expect") === "100-continue" && framing !== "none") say("HTTP/1.1 100 Continue\r\n\r\n");
    if (framing !== "none" && framing !== 0 && draw.chance(habits.early)) early(request, head);
    return framing;
  }

  /** The body is here: the program acts. */
  function whole(): void {
    if (!request || isOver) return;
    const found = request;
    if (taken !== found.bodyBytes) {
      history.violate(
        "bodies whole",
        `${name}: ${taken} of ${found.bodyBytes} bytes of ${found.id}'s body, as if whole`,
      );
    }
    if (isAnswering) return;
    if (draw.chance(habits.drops / 2)) {
      end(found, "closed before it acted");
      return;
    }
    found.runs.push(sight());
    if (draw.chance(habits.hangs)) {
      found.excuses.push("the server hangs");
      return;
    }
    isAnswering = true;
    clock.after(draw.chance(0.1) ? draw.wide(0.1, 2000) : draw.between(0, habits.workMs), () => {
      if (isOver) return;
      if (draw.chance(habits.drops / 2)) end(found, "closed instead of answering");
      else answer(found, isStopping() || draw.chance(habits.announces));
    });
  }

  /** Answers although the body is still coming. */
  function early(found: RequestRecord, head: Head): void {
    found.excuses.push("an early answer");
    isAnswering = true;
    clock.after(draw.between(0, 5), () => {
      if (isOver) return;
      if (head.fields.has("expect") && draw.chance(0.5)) found.excuses.push("not continued");
      answer(found, true, 413);
    });
  }

  /** Instead of an answer: FIN, or a reset. */
  function end(found: RequestRecord, why: string): void {
    found.excuses.push(why);
    world.say(name, () => `${found.id}: ${why}`);
    if (draw.chance(0.5)) reset(endpoint);
    else close(endpoint);
    leave();
  }

  function answer(found: RequestRecord, isAnnounced: boolean, wanted?: number): void {
    const status = wanted ?? (draw.chance(habits.errors) ? draw.pick([500, 502, 503, 404]) : 200);
    if (status >= 500) found.excuses.push(`the server said ${status}`);
    const size = found.method === "HEAD" ? 0 : bodySize();
    const body = bodyBytes(found.id * 2 + 1, 0, size);
    const isDelimited = found.method !== "HEAD" && draw.chance(habits.closeDelimited);
    const isChunked = !isDelimited && found.method !== "HEAD" && draw.chance(habits.chunked);
    isLast = isAnnounced || isDelimited;
    let head = draw.chance(habits.interim) ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : "";
    head += `HTTP/1.1 ${status} Whatever\r\nX-Id: ${found.id}\r\nX-Server: ${key}\r\nX-Length: ${size}\r\n`;
    if (isChunked) head += "Transfer-Encoding: chunked\r\n";
    else if (!isDelimited) head += `Content-Length: ${size}\r\n`;
    if (isLast) head += "Connection: close\r\n";
    const pieces = isChunked ? [...slices(body).map(chunked), Buffer.from("0\r\n\r\n")] : slices(body);
    const all = [Buffer.from(`${head}\r\n`), ...pieces];
    if (draw.chance(habits.breaks)) {
      breakOff(found, all, isDelimited);
      return;
    }
    world.say(name, () => `answers ${found.id} with ${status}, ${size} bytes${isLast ? ", and closes" : ""}`);
    write(all, answered);
  }

  function bodySize(): number {
    if (draw.chance(habits.big)) return Math.floor(draw.wide(10_000, 400_000));
    return draw.chance(0.2) ? 0 : Math.floor(draw.wide(1, 2_000));
  }

  function slices(body: Buffer): Buffer[] {
    if (body.length === 0) return [];
    if (!draw.chance(habits.crumbled)) return [body];
    const cut = 1 + draw.below(body.length);
    return cut === body.length ? [body] : [body.subarray(0, cut), ...slices(body.subarray(cut))];
  }

  /** A part of the answer, then FIN or a reset. */
  function breakOff(found: RequestRecord, all: Buffer[], isDelimited: boolean): void {
    const bytes = Buffer.concat(all);
    const part = bytes.subarray(0, draw.below(bytes.length));
    found.excuses.push("the server broke off");
    const isReset = draw.chance(0.5);
    // nobody can tell that from an answer that is meant to end there
    if (isDelimited && !isReset) found.excuses.push("ended short, unseen");
    world.say(name, () => `breaks off its answer to ${found.id} after ${part.length} of ${bytes.length} bytes`);
    write([part], () => {
      if (isReset) reset(endpoint);
      else close(endpoint);
      leave();
    });
  }

  function answered(): void {
    answeredMs = world.clock.monotonicMs();
    request = undefined;
    isAnswering = false;
    if (isLast || isStopping()) {
      close(endpoint);
      leave();
      return;
    }
    const turn = served;
    const restless = draw.chance(habits.fickle) ? draw.wide(0.1, 3_000) : habits.idleMs;
    if (restless === Number.POSITIVE_INFINITY) return;
    clock.after(restless, () => {
      if (isOver || served !== turn || !reader.isAtRest() || endpoint.unread > 0) return;
      world.say(name, () => `closes a connection of ${worker} that rested ${restless.toFixed(0)} ms`);
      if (draw.chance(habits.says408))
        say("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      hangUp();
    });
  }

  function say(text: string): void {
    write([Buffer.from(text)]);
  }

  function write(pieces: readonly Buffer[], done?: () => void): void {
    out.push(...pieces);
    if (done) afterOut = done;
    pump();
  }

  function pump(): void {
    while (out.length > 0 && !isOver) {
      const first = out[0] as Buffer;
      const sent = first.length === 0 ? 0 : send(endpoint, first);
      if (sent < 0) leave();
      if (isOver) return;
      if (sent < first.length) {
        out[0] = first.subarray(sent);
        return;
      }
      out.shift();
      if (out.length > 0 && draw.chance(habits.crumbled / 2)) {
        clock.after(draw.wide(0.05, 50), pump);
        return;
      }
    }
    const done = afterOut;
    afterOut = undefined;
    if (!isOver) done?.();
  }

  /** A request comes to a connection that the program has just decided to close: it is not read. */
  function isCrossed(): boolean {
    const [first] = endpoint.received;
    if (served === 0 || request || !first || !reader.isAtRest()) return false;
    // it has rested for nearly as long as it may
    if (world.clock.monotonicMs() - answeredMs > 0.9 * habits.idleMs) return true;
    if (!draw.chance(habits.crosses)) return false;
    return !world.weather.isCalm || "GHD".includes(String.fromCharCode(first[0] as number));
  }

  const self: Session = {
    look() {
      if (isOver) return;
      if (isCrossed()) {
        world.say(name, () => `closes a connection of ${worker} in the moment in which a request comes`);
        if (draw.chance(0.5)) while (read(endpoint, 64 * 1024));
        hangUp();
        return;
      }
      for (let bytes = read(endpoint, 64 * 1024); bytes && !isOver; bytes = read(endpoint, 64 * 1024)) {
        reader.feed(bytes);
      }
      if (isOver) return;
      if (endpoint.isDead || (endpoint.isFinReceived && !isAnswering && out.length === 0)) {
        close(endpoint);
        leave();
        return;
      }
      if (out.length > 0) pump();
    },
    rest() {
      if (!request && reader.isAtRest() && endpoint.unread === 0) hangUp();
    },
    crash() {
      request?.excuses.push("its server crashed");
      if (request && out.length > 0) request.excuses.push("ended short, unseen");
      out = [];
      close(endpoint);
      leave();
    },
    vanish() {
      request?.excuses.push("its server vanished");
      leave();
    },
  };
  return self;
}

/** What befalls a copy is not told of the request. */
function shadowOf(request: RequestRecord): RequestRecord {
  return { ...request, heads: [], runs: [], excuses: [] };
}
