// Chooses who reads along on an opaque connection, by what the client says first, and lets go of what cannot be followed.
import { readStartup } from "../../protocol/postgres/message.ts";
import { directionDialogue } from "./direction.ts";
import { postgresDialogue } from "./postgres.ts";
import { redisDialogue } from "./redis.ts";
import type { Dialogue, Turn } from "./turn.ts";

/** What is known of the turns of one connection. */
export type Follower = {
  asked(bytes: Uint8Array, nowMs: number): void;
  answered(bytes: Uint8Array, nowMs: number): void;
  /** the connection is over: tells of what was under way; without an end: its answer did not come, or not to its end */
  close(tell: TellTurn): void;
};

export type TellTurn = (turn: Turn, protocol: Dialogue["protocol"]) => void;

/** HTTP/2 carries many requests at once: there are no turns */
const PREFACE = "PRI * HTTP/2.0";
const COMMAND = /^\*\d{1,7}\r\n\$/;

/** @param tell of each turn that is complete */
export function follower(tell: TellTurn): Follower {
  let dialogue: Dialogue | undefined | "undecided" = "undecided";
  const choose = (make: (tell: (turn: Turn) => void) => Dialogue): Dialogue => {
    const chosen = make((one) => tell(one, chosen.protocol));
    return chosen;
  };

  return {
    asked(bytes, nowMs) {
      if (dialogue === "undecided") {
        if (startsWith(bytes, PREFACE)) dialogue = undefined;
        else if (readStartup(bytes)) dialogue = choose(postgresDialogue);
        else if (COMMAND.test(latin1(bytes, 16))) dialogue = choose(redisDialogue);
        else dialogue = choose(directionDialogue);
      }
      if (!dialogue || dialogue.asked(bytes, nowMs)) return;
      dialogue = undefined;
    },
    answered(bytes, nowMs) {
      if (!dialogue || dialogue === "undecided" || dialogue.answered(bytes, nowMs)) return;
      // encrypted, or something that only begins like it: who speaks can still be seen
      dialogue = dialogue.protocol === "postgres" ? choose(directionDialogue) : undefined;
    },
    close(tellRest) {
      if (!dialogue || dialogue === "undecided") return;
      for (const turn of dialogue.rest()) tellRest(turn, dialogue.protocol);
    },
  };
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return latin1(bytes, text.length) === text;
}

function latin1(bytes: Uint8Array, most: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(most, bytes.length)).toString("latin1");
}
