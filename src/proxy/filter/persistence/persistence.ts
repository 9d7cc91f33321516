// Session persistence (GEP-1619): whoever was answered by a workload gets back to it, as long as it is ready and the
// session lasts. The session is a token that the caller keeps, in a cookie or a field of its own.
//
// The token names a workload by its number, and is looked for only among the backends of the rule that reads it: whatever
// a caller writes into it, it reaches no other service than without it.
import type { SessionPersistence } from "../../../model/route.ts";
import { fieldLine, fieldValue } from "../../../protocol/http1/lines.ts";
import type { FieldLines } from "../../../protocol/http1/types.ts";
import type { Target } from "../../route/target.ts";
import type { Backend, Core, Exchange, Layer } from "../../shapes.ts";
import { cookieValue } from "./cookie.ts";
import { formatToken, parseToken, type Session } from "./token.ts";

const NOTHING = "" as FieldLines;

/** @param targets of all backends of the rule, in their order, those of weight 0 too: sessions there go on */
export function persistence(core: Core, config: SessionPersistence, targets: readonly (Target | undefined)[]): Layer {
  const { type, name, absoluteTimeoutS = 0, idleTimeoutS = 0 } = config;
  const fieldName = name.toLowerCase();

  function sessionOf(x: Exchange, nowS: number): Session | undefined {
    const lines = x.head?.lines ?? NOTHING;
    const text = type === "cookie" ? cookieValue(lines, name) : fieldValue(lines, fieldName);
    const session = text === undefined ? undefined : parseToken(text);
    if (!session || session.begunS > nowS || session.seenS > nowS) return undefined;
    if (absoluteTimeoutS > 0 && nowS - session.begunS > absoluteTimeoutS) return undefined;
    if (idleTimeoutS > 0 && nowS - session.seenS > idleTimeoutS) return undefined;
    return session;
  }

  return (inner, outer) => ({
    run(x) {
      const session = sessionOf(x, seconds(core));
      x.pinned = session && backendOf(targets, session.workload);
      x.session = x.pinned ? session : undefined;
      inner.run(x);
    },
    answer(x) {
      const workload = x.backend?.workload ?? 0;
      const now = seconds(core);
      const old = x.session?.workload === workload ? x.session : undefined;
      // an idle limit is told by each use; a second is as fine as the token is
      if (workload !== 0 && (!old || (idleTimeoutS > 0 && old.seenS < now))) {
        const token = formatToken({ workload, begunS: old?.begunS ?? now, seenS: now });
        x.answerAdded = (x.answerAdded + line(config, token)) as FieldLines;
      }
      return outer.answer(x);
    },
  });
}

function backendOf(targets: readonly (Target | undefined)[], workload: number): Backend | undefined {
  for (const target of targets) {
    for (const backend of target?.()?.backends ?? []) if (backend.workload === workload) return backend;
  }
  return undefined;
}

function line({ type, name, absoluteTimeoutS, lifetime }: SessionPersistence, token: string): FieldLines {
  if (type === "header") return fieldLine(name, token);
  const maxAge = lifetime === "permanent" && absoluteTimeoutS ? `; Max-Age=${absoluteTimeoutS}` : "";
  return fieldLine("Set-Cookie", `${name}=${token}; Path=/; HttpOnly; SameSite=Lax${maxAge}`);
}

/** since the epoch */
function seconds(core: Core): number {
  return Math.floor((core.epochUs + core.nowMs * 1000) / 1e6);
}
