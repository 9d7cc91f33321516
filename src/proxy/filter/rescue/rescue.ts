// Turns every failure below into one answer, or cuts an answer that has begun, so that nobody takes half for the whole.
import type { ErrorCode } from "../../../base/errors/index.ts";
import { fieldValue } from "../../../protocol/http1/lines.ts";
import { destroy } from "../../connection.ts";
import type { Core, Exchange, Layer } from "../../shapes.ts";
import { abort, finish, writeShared } from "../../socket-writer.ts";
import { keepAfterOwnAnswer, ownConnectionLine } from "../reply.ts";
import { answerText } from "./answer.ts";

/** whole requests, only not for here */
const READABLE: ReadonlySet<ErrorCode> = new Set(["route_unknown", "path_ambiguous"]);

export function rescue(core: Core): Layer {
  return (_, outer) => ({
    settle(x) {
      if (x.error && !x.downstream.isClosed) {
        if (x.isAnswerBegun) truncate(x);
        else answer(core, x);
      }
      outer.settle(x);
    },
  });
}

/** For opaque connections: a failure is a reset. */
export function cut(): Layer {
  return (_, outer) => ({
    settle(x) {
      if (x.error) destroy(x.downstream);
      outer.settle(x);
    },
  });
}

function answer(core: Core, x: Exchange): void {
  const { error, head, downstream: down } = x;
  const status = x.answerStatus || error?.row.status;
  if (!error || !status) {
    destroy(down);
    return;
  }
  keepAfterOwnAnswer(core, x);
  // who sent something that cannot be read may have sent more of it
  if (head === undefined || (error.side === "downstream" && !READABLE.has(error.code))) x.isKept = false;
  x.status = status;
  x.isAnswerBegun = true;
  const text = answerText(error, {
    status,
    wantsJson: head?.lines !== undefined && /\bapplication\/json\b/i.test(fieldValue(head.lines, "accept") ?? ""),
    isHead: head?.method === "HEAD",
    lines: x.answerAdded + ownConnectionLine(x),
  });
  const bytes = Buffer.from(text, "latin1");
  writeShared(down.writer, bytes, 0, bytes.length);
}

/** The client sees the cut by the missing bytes or the missing last chunk; where the connection's end is the answer's
 *  end, only a reset tells. */
function truncate(x: Exchange): void {
  const { writer } = x.downstream;
  x.isKept = false;
  if (x.isCloseDelimited) abort(writer);
  else finish(writer);
}
