// Turns of a Redis connection: a command and its reply.
import { commandReader } from "../../protocol/redis/command.ts";
import { replyReader } from "../../protocol/redis/reply.ts";
import { turnQueue } from "./queue.ts";
import { type Dialogue, type Failure, type Turn, turn } from "./turn.ts";

/** errors that speak of the server and not of what it was asked */
const FAILURES: ReadonlyMap<string, Failure> = new Map([
  ["LOADING", "statement_failed"],
  ["BUSY", "statement_crowded"],
  ["OOM", "statement_unheld"],
  ["MASTERDOWN", "statement_failed"],
  ["CLUSTERDOWN", "statement_failed"],
  ["READONLY", "statement_failed"],
  ["NOREPLICAS", "statement_failed"],
  ["MISCONF", "statement_unwritten"],
  ["TRYAGAIN", "statement_failed"],
]);

export function redisDialogue(tell: (turn: Turn) => void): Dialogue {
  const queue = turnQueue(tell);
  let now = 0;
  let asking: Turn | undefined;
  let isFull = false;

  const commands = commandReader({
    began() {
      asking = turn("", now);
    },
    ended(name, mayWait) {
      if (!asking) return;
      asking.name = name;
      asking.isStream = mayWait;
      asking.sentMs = now;
      if (!queue.push(asking)) isFull = true;
      asking = undefined;
    },
  });
  const replies = replyReader({
    began() {
      const one = queue.oldest();
      if (one && one.firstByteMs < 0) one.firstByteMs = now;
    },
    ended(error) {
      const one = queue.oldest();
      if (one && error !== undefined) one.failure = FAILURES.get(error) ?? "statement_refused";
      queue.end(now);
    },
  });

  return {
    protocol: "redis",
    asked(bytes, nowMs) {
      now = nowMs;
      const isRead = commands.read(bytes);
      // of a pipeline that comes in one piece the last command has the bytes of all
      const latest = asking ?? queue.newest();
      if (latest) latest.requestBytes += bytes.length;
      return isRead && !isFull;
    },
    answered(bytes, nowMs) {
      now = nowMs;
      const one = queue.oldest();
      if (one) one.responseBytes += bytes.length;
      return replies.read(bytes);
    },
    rest: () => (asking ? [...queue.all(), asking] : queue.all()),
  };
}
