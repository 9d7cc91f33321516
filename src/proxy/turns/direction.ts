// Turns of a protocol that cannot be read: who speaks changes. A request is what the client says until the server answers, its
// answer what the server says until the client speaks again.
import { type Dialogue, type Turn, turn } from "./turn.ts";

/** a server that goes on for longer is not answering any more, it is sending */
const STREAM_MS = 10_000;

export function directionDialogue(tell: (turn: Turn) => void): Dialogue {
  let now: Turn | undefined;
  return {
    protocol: "turns",
    asked(bytes, nowMs) {
      if (now && now.firstByteMs >= 0) {
        tell(now);
        now = undefined;
      }
      now ??= turn("", nowMs);
      now.sentMs = nowMs;
      now.requestBytes += bytes.length;
      return true;
    },
    answered(bytes, nowMs) {
      if (!now) return true; // it greets, or tells of something by itself
      if (now.firstByteMs < 0) now.firstByteMs = nowMs;
      now.endMs = nowMs;
      now.isStream ||= nowMs - now.firstByteMs > STREAM_MS;
      now.responseBytes += bytes.length;
      return true;
    },
    rest: () => (now ? [now] : []),
  };
}
