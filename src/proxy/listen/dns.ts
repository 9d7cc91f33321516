// DNS over TCP (RFC 7766): frames the messages of the workload's own resolver; what they say is not our business here.
import { destroy, hangUp, pause, resume } from "../connection.ts";
import { LIMITS } from "../limits.ts";
import type { Downstream, Stage } from "../shapes.ts";
import { drained, writeOwned } from "../socket-writer.ts";
import { wake } from "../time.ts";
import { forgetDownstream, keepUnread, takeUnread } from "./downstream.ts";

export function dns(down: Downstream): void {
  if (!down.core.deps.dns) {
    destroy(down);
    return;
  }
  down.stage = asking;
  down.deadline = wake(down.core) + LIMITS.headMs;
}

const asking: Stage<Downstream> = {
  name: "dns",
  data(down, bytes) {
    keepUnread(down, bytes);
    void ask(down);
  },
  end(down) {
    down.isHalfClosed = true;
    if (!down.isReading) hangUp(down);
  },
  drain(down) {
    drained(down.writer);
  },
  close: forgetDownstream,
  expire: hangUp,
};

/** One question at a time: the answers are in order, and a flood of questions waits in the caller's kernel. */
async function ask(down: Downstream): Promise<void> {
  if (down.isReading) return pause(down);
  down.isReading = true;
  for (let query = nextQuery(down); query && !down.isClosed; query = nextQuery(down)) {
    down.deadline = wake(down.core) + LIMITS.headMs;
    const answer = await down.core.deps.dns?.(query, down.source).catch(() => undefined);
    if (down.isClosed) return;
    // no answer: the connection ends, and the resolver tries again
    if (!answer) return hangUp(down);
    const framed = Buffer.allocUnsafe(2 + answer.length);
    framed.writeUInt16BE(answer.length, 0);
    framed.set(answer, 2);
    writeOwned(down.writer, framed, 0, framed.length);
  }
  down.isReading = false;
  if (down.isHalfClosed) hangUp(down);
  else resume(down);
}

function nextQuery(down: Downstream): Buffer | undefined {
  const { unread, unreadAt } = down;
  if (!unread || unread.length - unreadAt < 2) return undefined;
  const end = unreadAt + 2 + unread.readUInt16BE(unreadAt);
  if (unread.length < end) return undefined;
  takeUnread(down, end);
  return unread.subarray(unreadAt + 2, end);
}
