// Turns every failure below into one answer, or cuts an answer that has begun, so that nobody takes half for the whole.
import { fieldValue } from "../../../protocol/http1/lines.ts";
import { destroy } from "../../connection.ts";
import { LIMITS } from "../../limits.ts";
import type { Core, Exchange, Layer } from "../../shapes.ts";
import { abort, finish, writeShared } from "../../socket-writer.ts";
import { answerText } from "./answer.ts";

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
  const isBroken = error.side === "downstream" || head === undefined;
  const isBodyAwaited = !x.request.isDone && head?.expectContinue === true && !x.isContinued;
  const isTooLong = !x.request.isDone && x.request.left > LIMITS.discardBytes;
  x.isKept = head?.keepAlive === true && !isBroken && !isBodyAwaited && !isTooLong && !down.isLast && !core.isDraining;
  x.status = status;
  x.isAnswerBegun = true;
  const text = answerText(error, {
    status,
    added: x.answerAdded,
    wantsJson: head?.lines !== undefined && /\bapplication\/json\b/i.test(fieldValue(head.lines, "accept") ?? ""),
    isHead: head?.method === "HEAD",
    connection: !x.isKept ? "close" : head?.minor === 0 ? "keep-alive" : "nothing",
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
