// One record per turn of an opaque connection. The connection has its own when it ends; bytes are told of once.
import type { ErrorCode } from "../../../base/errors/index.ts";
import { ABSENT, FLAG, PROTOCOLS } from "../../../model/span.ts";
import type { Core, Exchange } from "../../shapes.ts";
import type { Dialogue, Turn } from "../../turns/turn.ts";
import { writeNoContent } from "./content.ts";
import { errorNumber, flags, writeEnds } from "./record.ts";

/** @param error why it has no whole answer */
export function recordTurn(
  core: Core,
  x: Exchange,
  turn: Turn,
  protocol: Dialogue["protocol"],
  error?: ErrorCode,
): void {
  const { spans, random } = core.deps;
  x.request.bytes -= turn.requestBytes;
  x.answer.bytes -= turn.responseBytes;
  x.turns++;
  const row = spans.claim();
  if (row < 0) return;
  const { columns } = spans;
  const offset = (atMs: number) => (atMs < 0 ? ABSENT : Math.max(0, Math.round((atMs - turn.startMs) * 1000)));

  columns.startUs[row] = x.startUs + (turn.startMs - x.startMs) * 1000;
  columns.requestBytes[row] = turn.requestBytes;
  columns.responseBytes[row] = turn.responseBytes;
  columns.trace0[row] = random.u32();
  columns.trace1[row] = random.u32();
  columns.trace2[row] = random.u32();
  columns.trace3[row] = random.u32() || 1;
  columns.parent0[row] = 0;
  columns.parent1[row] = 0;
  columns.client0[row] = random.u32();
  columns.client1[row] = random.u32() || 1;
  columns.server0[row] = random.u32();
  columns.server1[row] = random.u32() || 1;
  columns.head[row] = 0;
  columns.routed[row] = 0;
  columns.pooled[row] = 0;
  columns.connected[row] = ABSENT;
  columns.secured[row] = ABSENT;
  columns.sent[row] = offset(turn.sentMs);
  columns.firstByte[row] = offset(turn.firstByteMs);
  columns.lastIn[row] = offset(turn.endMs);
  columns.end[row] = offset(turn.endMs < 0 ? core.nowMs : turn.endMs);
  columns.clientRtt[row] = ABSENT;
  columns.serverRtt[row] = ABSENT;
  columns.clientRetransmits[row] = ABSENT;
  columns.serverRetransmits[row] = ABSENT;
  columns.visit[row] = 0;
  columns.serverResent[row] = ABSENT;
  columns.requestHeld[row] = 0;
  columns.answerHeld[row] = 0;
  writeNoContent(columns, row);
  columns.status[row] = 0;
  columns.flags[row] = flags(x, turn.name) | (x.turns > 1 ? FLAG.reused : 0) | (turn.isStream ? FLAG.stream : 0);
  columns.error[row] = errorNumber(error ?? turn.failure);
  columns.protocol[row] = PROTOCOLS.indexOf(protocol);
  columns.method[row] = 0;
  columns.attempts[row] = x.backend ? 1 : 0;
  spans.setPath(row, turn.name);
  writeEnds(core, row, x);
  spans.publish();
}
