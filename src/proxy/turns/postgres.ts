// Turns of a PostgreSQL connection: from a query, or the first message of an extended one, to the server's ReadyForQuery.
import { messageReader } from "../../protocol/postgres/message.ts";
import { statementName } from "../../protocol/postgres/statement.ts";
import { turnQueue } from "./queue.ts";
import { type Dialogue, type Failure, type Turn, turn } from "./turn.ts";

/** bytes of a statement that are looked at, of a name, of an error */
const STATEMENT_BYTES = 512;
const NAME_BYTES = 130;
const ERROR_BYTES = 128;
const MOST_PREPARED = 1_024;
/** SQLSTATE classes that speak of the server: resources, limits, an operator, the system, itself (appendix A) */
const FAILURES = new Set(["53", "54", "57", "58", "F0", "XX"]);
/** disk full, an error of input or output; out of memory; too many connections, a limit of the configuration */
const WANTS: ReadonlyMap<string, Failure> = new Map([
  ["53100", "statement_unwritten"],
  ["58030", "statement_unwritten"],
  ["53200", "statement_unheld"],
  ["53300", "statement_crowded"],
  ["53400", "statement_crowded"],
]);
/** of a statement that was prepared before this connection was followed; of messages that execute none */
const UNNAMED = "EXECUTE";
const PREPARATION = "PREPARE";

export function postgresDialogue(tell: (turn: Turn) => void): Dialogue {
  const queue = turnQueue(tell);
  /** the names of statements that were prepared on this connection, by theirs */
  const prepared = new Map<string, string>();
  let now = 0;
  let isFull = false;
  /** whether it may be encrypted: the answer is one byte */
  let awaitsByte = false;
  /** an extended query that has no Sync yet */
  let batch: Turn | undefined;
  let isBound = false;

  const push = (one: Turn) => {
    one.sentMs = now;
    if (!queue.push(one)) isFull = true;
  };
  const inBatch = (): Turn => {
    batch ??= turn("", now);
    return batch;
  };

  const client = messageReader({
    opened(what) {
      if (what === "startup") push(turn("STARTUP", now));
      else awaitsByte = true;
      return what !== "cancel"; // which is never answered
    },
    began(type) {
      if ("PBDECH".includes(type)) inBatch();
      if (type === "Q" || type === "P") return STATEMENT_BYTES;
      return type === "B" || type === "C" ? NAME_BYTES : 0;
    },
    ended(type, body) {
      if (type === "Q") {
        const simple = batch ?? turn("", now);
        batch = undefined;
        simple.name = statementName(text(body));
        push(simple);
      } else if (type === "P") {
        const [name = "", sql = ""] = texts(body);
        const statement = statementName(sql);
        if (prepared.size >= MOST_PREPARED && !prepared.has(name))
          prepared.delete(prepared.keys().next().value as string);
        prepared.set(name, statement);
      } else if (type === "B") {
        const [, name = ""] = texts(body);
        inBatch().name = prepared.get(name) ?? UNNAMED;
        isBound = true;
      } else if (type === "S") {
        const one = inBatch();
        if (!isBound) one.name = PREPARATION;
        batch = undefined;
        isBound = false;
        push(one);
      } else if (type === "F") push(turn("CALL", now));
      return true;
    },
  });

  const server = messageReader({
    began: (type) => (type === "E" ? ERROR_BYTES : 0),
    ended(type, body) {
      if (type === "W") return false; // both copy at once: replication
      const one = queue.oldest();
      if (type === "Z") queue.end(now);
      else if (type === "E" && one) one.failure = failureOf(sqlState(body));
      return true;
    },
  });

  return {
    protocol: "postgres",
    asked(bytes, nowMs) {
      now = nowMs;
      const isRead = client.read(bytes);
      const latest = batch ?? queue.newest();
      if (latest) latest.requestBytes += bytes.length;
      return isRead && !isFull;
    },
    answered(bytes, nowMs) {
      now = nowMs;
      let rest = bytes;
      if (awaitsByte && rest.length > 0) {
        awaitsByte = false;
        if (rest[0] !== 0x4e) return false; // it is encrypted from here on
        rest = rest.subarray(1);
      }
      const one = queue.oldest() ?? batch;
      if (one) {
        if (one.firstByteMs < 0) one.firstByteMs = now;
        one.responseBytes += bytes.length;
      }
      return server.read(rest);
    },
    rest: () => (batch ? [...queue.all(), batch] : queue.all()),
  };
}

/** Up to its end, or to where it was cut off. */
function text(body: Uint8Array): string {
  const end = body.indexOf(0);
  return Buffer.from(body.subarray(0, end < 0 ? body.length : end)).toString("utf8");
}

/** The first two strings. */
function texts(body: Uint8Array): string[] {
  return Buffer.from(body).toString("utf8").split("\0", 2);
}

function failureOf(state: string): Failure {
  return WANTS.get(state) ?? (FAILURES.has(state.slice(0, 2)) ? "statement_failed" : "statement_refused");
}

/** Field `C` of an error (§55.8); "" when it was not among what was looked at. */
function sqlState(body: Uint8Array): string {
  for (const field of Buffer.from(body).toString("latin1").split("\0")) {
    if (/^C[0-9A-Z]{5}$/.test(field)) return field.slice(1);
  }
  return "";
}
