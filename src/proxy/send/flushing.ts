// A caller's connection after the answer is whole but not yet taken by it: the end of an exchange is when its last byte
// has gone out.
import { MeshError } from "../../base/errors/index.ts";
import { pause } from "../connection.ts";
import { forgetDownstream, keepUnread } from "../listen/downstream.ts";
import type { Downstream, Stage } from "../shapes.ts";
import { drained } from "../socket-writer.ts";
import { giveUp } from "./give-up.ts";

export const flushing: Stage<Downstream> = {
  name: "flushing",
  data(down, bytes) {
    keepUnread(down, bytes);
    pause(down);
  },
  end(down) {
    down.isHalfClosed = true;
    down.isLast = true;
  },
  drain(down) {
    down.deadline = down.core.nowMs + down.exchange.idleMs;
    if (drained(down.writer)) down.exchange.way.settle(down.exchange);
  },
  close(down) {
    forgetDownstream(down);
    giveUp(down.exchange, new MeshError("client_gone", "before it had read the whole answer"));
  },
  expire(down) {
    giveUp(down.exchange, new MeshError("client_gone", "it stopped reading the answer"));
  },
};
