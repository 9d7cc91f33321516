// A program that calls a service: opens connections one after the other, sends requests, checks every answer, and has the
// manners of real ones: sends in pieces, pipelines, leaves, reads slowly, half-closes, vanishes.
import { isIdempotent, type Outcome, type RequestRecord } from "../check/history.ts";
import type { Draw } from "../draw.ts";
import { close, type Endpoint, read, reset, send, shutdown, takeError, vanish } from "../net/endpoint.ts";
import { COLOURS } from "../routes.ts";
import type { World } from "../world.ts";
import { bodyBytes, chunked, framingOf, type Head, isBody, messageReader } from "./message.ts";

export type Target = {
  readonly service: string;
  readonly place: string;
  readonly address: string;
  readonly port: number;
};

export type Client = {
  /** it has made all of its visits, or vanished */
  isDone(): boolean;
};

export type ClientDeps = {
  readonly world: World;
  readonly name: string;
  readonly address: string;
  /** where to connect now; undefined: the kernel refuses, as nobody is ready there */
  readonly target: (draw: Draw) => Target | undefined;
};

export function client({ world, name, address, target }: ClientDeps): Client {
  const { clock, weather } = world;
  const draw = world.draw.fork(name);
  let visits = weather.visits;
  let isDone = false;

  function next(isVanished: boolean): void {
    isDone = isVanished || visits-- <= 0;
    if (!isDone) clock.after(draw.wide(0.1, 1_000), begin);
  }

  function begin(): void {
    const to = target(draw);
    if (!to) {
      world.say(name, () => "is refused by its kernel");
      next(false);
      return;
    }
    const endpoint = world.network.dial({
      owner: name,
      place: to.place,
      from: [address, 30_000 + visits],
      to: [to.address, to.port],
      link: weather.near,
    });
    visit({ world, name, draw, endpoint, service: to.service, over: next });
  }

  next(false);
  return { isDone: () => isDone };
}

type VisitDeps = {
  readonly world: World;
  readonly name: string;
  readonly draw: Draw;
  readonly endpoint: Endpoint;
  readonly service: string;
  readonly over: (isVanished: boolean) => void;
};

function visit({ world, name, draw, endpoint, service, over }: VisitDeps): void {
  const { clock, history, weather } = world;
  const { client: habits } = weather;
  const isSlow = draw.chance(habits.slow);
  const isPipelining = draw.chance(habits.pipelined);
  const isCrumbling = draw.chance(habits.crumbled);
  const isOld = draw.chance(habits.old);
  let left = isOld ? 1 : 1 + draw.below(weather.requestsPerVisit * 2);
  /** begun and not answered, oldest first */
  const open: RequestRecord[] = [];
  let answered = 0;
  /** when the connection carried something last */
  let usedMs = 0;
  const out: Buffer[] = [];
  /** what is only sent when the server says so, or after a while */
  let held: Buffer[] = [];
  let heldFor: RequestRecord | undefined;
  let isPaced = false;
  let isWatching = false;
  let isOver = false;
  let answer: { status: number; by: "app" | "mesh"; length: number | undefined; bytes: number } | undefined;
  let isLast = false;

  function end(how: Outcome): void {
    for (const request of open.splice(0)) {
      if (answer?.length !== undefined && request.method !== "HEAD") request.missedBytes = answer.length - answer.bytes;
      // of the requests behind the first one nothing may have been read
      history.end(request, answer && how.kind === "none" ? { kind: "cut", status: answer.status } : how);
      world.say(name, () => `${request.id} ends: ${request.outcome?.kind} ${how.kind === "none" ? how.how : ""}`);
      answer = undefined;
    }
  }

  function leave(isVanished = false): void {
    if (isOver) return;
    isOver = true;
    endpoint.notify = () => {};
    over(isVanished);
  }

  const reader = messageReader({
    onHead: gotHead,
    onBody(bytes) {
      const [request] = open;
      if (!request || !answer) return;
      if (answer.by === "app" && !isBody(request.id * 2 + 1, answer.bytes, bytes)) {
        history.violate("bodies whole", `${name}: the answer to ${request.id} differs after ${answer.bytes} bytes`);
      }
      answer.bytes += bytes.length;
    },
    onDone: gotAnswer,
    onBroken(why) {
      history.violate("valid HTTP", `${name}: ${why}`);
      close(endpoint);
      end({ kind: "none", how: "broken" });
      leave();
    },
  });

  function gotHead(head: Head) {
    const [request] = open;
    const status = Number(head.line.split(" ")[1]);
    if (status === 100) {
      out.push(...held.splice(0));
      pump();
      return undefined;
    }
    if (status < 200) return undefined;
    if (isOver) return "none" as const;
    if (!request) {
      history.violate("one answer", `${name}: ${head.line} to no request`);
      return "none" as const;
    }
    // an app that closes a resting connection says so; a request that must not be repeated gets to hear it
    const isFarewell = status === 408 && !isReplayable(request) && !head.fields.has("proxy-status");
    const by = head.fields.has("x-server") || isFarewell ? "app" : "mesh";
    if (by === "app" && !isFarewell && head.fields.get("x-id") !== `${request.id}`) {
      history.violate("one answer", `${name}: ${request.id} got the answer to ${head.fields.get("x-id")}`);
    }
    if (by === "mesh" && !head.fields.get("proxy-status")?.startsWith("meshwise")) {
      history.violate(
        "one answer",
        `${name}: ${request.id} got ${head.line}, which is neither the service's nor the mesh's`,
      );
    }
    const length = head.fields.get("x-length");
    answer = { status, by, length: length === undefined ? undefined : Number(length), bytes: 0 };
    isLast = head.fields.get("connection") === "close";
    if (isOld && head.fields.get("connection") !== "keep-alive") isLast = true;
    return request.method === "HEAD" || status === 204 || status === 304 ? "none" : framingOf(head, "close");
  }

  function gotAnswer(): void {
    const request = open.shift();
    if (!request || !answer) return;
    const { status, by, length, bytes } = answer;
    if (length !== undefined && request.method !== "HEAD" && length !== bytes) {
      const isUnseen = request.excuses.includes("ended short, unseen");
      if (!isUnseen)
        history.violate("bodies whole", `${name}: ${bytes} of ${length} bytes answer ${request.id}, as if whole`);
    }
    answer = undefined;
    answered++;
    usedMs = clock.monotonicMs();
    world.say(name, () => `${request.id} is answered ${status} by the ${by}, ${bytes} bytes`);
    history.end(request, { kind: "answer", status, by });
    if (isLast) {
      // the others go unanswered (RFC 9112 §9.6), and the client knows that they were not taken
      end({ kind: "none", how: "last" });
      close(endpoint);
      leave();
      return;
    }
    if (held.length > 0 && heldFor === request) {
      // it was not told to go on, and will not send the body: the connection is of no use any more
      close(endpoint);
      end({ kind: "left" });
      leave();
      return;
    }
    if (open.length === 0) proceed();
  }

  function proceed(): void {
    if (isOver) return;
    if (left <= 0) {
      clock.after(draw.wide(0.1, 5_000), () => {
        if (isOver) return;
        close(endpoint);
        leave();
      });
      return;
    }
    clock.after(draw.chance(0.3) ? 0 : draw.wide(0.05, weather.thinkMs + 0.1), () => {
      if (isOver || out.length > 0) return;
      do begin();
      while (isPipelining && held.length === 0 && left > 0 && draw.chance(0.7));
      pump();
    });
  }

  function begin(): void {
    left--;
    const isUnsafe = draw.chance(habits.posts);
    const method = isUnsafe
      ? draw.pick(["POST", "POST", "PATCH"])
      : draw.pick(["GET", "GET", "GET", "HEAD", "PUT", "DELETE"]);
    const hasBody = isUnsafe || method === "PUT";
    const size = hasBody ? bodySize() : 0;
    const request = history.begin({
      client: name,
      method,
      bodyBytes: size,
      service,
      colour: draw.pick(COLOURS),
      restedMs: clock.monotonicMs() - usedMs,
    });
    const isChunked = hasBody && !isOld && draw.chance(habits.chunkedBodies);
    const isExpecting = size > 0 && !isOld && draw.chance(habits.expects);
    const body = bodyBytes(request.id * 2, 0, size);
    let head = `${method} /r/${request.id}?q=${request.id} HTTP/1.${isOld ? 0 : 1}\r\nHost: app\r\nX-Id: ${request.id}\r\nX-Colour: ${request.colour}\r\n`;
    if (isChunked) head += "Transfer-Encoding: chunked\r\n";
    else if (size > 0 || (hasBody && draw.chance(0.5))) head += `Content-Length: ${size}\r\n`;
    if (isExpecting) head += "Expect: 100-continue\r\n";
    if (left <= 0 && draw.chance(0.3)) head += "Connection: close\r\n";
    world.say(name, () => `${method} ${request.id}, ${size} bytes${answered > 0 ? ", on a kept connection" : ""}`);
    open.push(request);
    const rest = isChunked ? [...(size > 0 ? [chunked(body)] : []), Buffer.from("0\r\n\r\n")] : size > 0 ? [body] : [];
    out.push(Buffer.from(`${head}\r\n`));
    if (isExpecting) hold(request, rest);
    else out.push(...rest);
    if (draw.chance(habits.leaves)) clock.after(draw.wide(0.05, 500), goAway);
    if (draw.chance(habits.vanishes)) clock.after(draw.wide(0.05, 500), disappear);
  }

  function hold(request: RequestRecord, rest: Buffer[]): void {
    held = rest;
    heldFor = request;
    clock.after(500, () => {
      out.push(...held.splice(0));
      pump();
    });
  }

  function bodySize(): number {
    if (draw.chance(habits.bigBodies)) return Math.floor(draw.wide(10_000, 400_000));
    return draw.chance(0.2) ? 0 : Math.floor(draw.wide(1, 2_000));
  }

  function goAway(): void {
    if (isOver || open.length === 0) return;
    world.say(name, () => `leaves without the answer to ${open[0]?.id}`);
    if (draw.chance(0.5)) reset(endpoint);
    else close(endpoint);
    end({ kind: "left" });
    leave();
  }

  function disappear(): void {
    if (isOver) return;
    world.say(name, () => "vanishes");
    vanish(endpoint);
    end({ kind: "left" });
    leave(true);
  }

  function pump(): void {
    if (isPaced || isOver) return;
    while (out.length > 0) {
      const first = out[0] as Buffer;
      const size = isCrumbling && draw.chance(0.5) ? 1 + draw.below(first.length) : first.length;
      const sent = send(endpoint, first, 0, size);
      // what ended it is on its way
      if (sent < 0) return;
      if (sent === first.length) out.shift();
      else out[0] = first.subarray(sent);
      if (sent < size) return;
      if (!isCrumbling || out.length === 0) continue;
      isPaced = true;
      clock.after(draw.wide(0.01, 100), () => {
        isPaced = false;
        pump();
      });
      return;
    }
    if (held.length > 0) return;
    for (const request of open) if (request.sentMs < 0) request.sentMs = clock.monotonicMs();
    if (left <= 0 && open.length > 0 && !endpoint.isFinSent && draw.chance(habits.halfCloses)) {
      for (const request of open) request.excuses.push("the client half-closed");
      shutdown(endpoint);
    }
  }

  function look(): void {
    if (isOver) return;
    if (isSlow && !isWatching && endpoint.unread > 0 && !endpoint.isDead) {
      isWatching = true;
      clock.after(draw.wide(0.1, 50), () => {
        isWatching = false;
        const bytes = isOver ? undefined : read(endpoint, 1 + draw.below(20_000));
        if (bytes) reader.feed(bytes);
        look();
      });
      return;
    }
    if (isWatching) return;
    for (let bytes = read(endpoint, 64 * 1024); bytes && !isOver; bytes = read(endpoint, 64 * 1024)) reader.feed(bytes);
    if (isOver) return;
    if (endpoint.isFinReceived && !endpoint.isDead) {
      reader.finish();
      if (isOver) return;
      close(endpoint);
      end({ kind: "none", how: "fin" });
      leave();
    } else if (endpoint.isDead) {
      const how = takeError(endpoint) ?? "reset";
      end({ kind: "none", how });
      close(endpoint);
      leave();
    } else if (!hasBegun && endpoint.isStanding) {
      hasBegun = true;
      usedMs = clock.monotonicMs();
      proceed();
    } else {
      pump();
    }
  }

  let hasBegun = false;
  endpoint.notify = look;
}

/** Could be sent again without doing harm, and without a body that is gone. */
function isReplayable({ method, bodyBytes }: RequestRecord): boolean {
  return isIdempotent(method) && bodyBytes === 0 && method !== "PUT";
}
