// The way of a request, outermost first. The order is the design: each line says why it stands where it stands.
//
// A layer is `run`, which goes inwards with the exchange, and `settle`, which comes back outwards with how it ended
// (`exchange.error`, undefined = a whole answer was carried). These are the two halves of `await next(exchange)`, written
// as two functions because a promise per layer and request costs more than all of the layers do. Whoever cannot go on sets
// the error and calls `outer.settle`; whoever can mend it calls `inner.run` again.
//
// There are two stacks, one in the other: what holds for every request, up to the choice of where it goes; and from there
// the one that was compiled for that choice when the configuration came, so that a request pays for what it uses.
import { balance } from "./balance/balance.ts";
import { admit } from "./filter/admit/admit.ts";
import { record } from "./filter/record/record.ts";
import { cut, rescue } from "./filter/rescue/rescue.ts";
import { END, stack } from "./layer.ts";
import { next } from "./listen/next.ts";
import { pool } from "./pool/layer.ts";
import { route } from "./route/route.ts";
import { send } from "./send/send.ts";
import { splice } from "./send/splice.ts";
import type { Core, Link } from "./shapes.ts";
import { fresh } from "./upstream/fresh.ts";

/** A request and its answer. */
export function httpStack(core: Core): Link {
  return stack(
    END,
    next(), //         after it all, the connection's next request may begin
    record(core), //   sees every outcome, ours included, so it is outermost
    rescue(core), //   turns any failure below into one answer; inside record, so that a made-up 503 is still a span
    admit(), //        refuses before work is done, never after
    route(core), //    where to; the rest of the way depends on it
  );
}

/** From the choice of a service to its answer. */
export function serviceStack(core: Core, outer: Link): Link {
  return stack(
    outer,
    balance(core), //  each try goes to another endpoint; only what provably was not sent is tried again
    pool(core), //     a kept connection or a fresh one; mends the one failure that keeping connections causes
    send(core), //     head and body go, the answer comes, both as streams
  );
}

/** An opaque connection: the same layers where they mean something. */
export function opaqueStack(core: Core): Link {
  return stack(
    END,
    record(core),
    cut(), //          the only answer that every protocol understands is a reset
    route(core),
  );
}

export function opaqueServiceStack(core: Core, outer: Link): Link {
  return stack(
    outer,
    balance(core),
    fresh(core), //    nothing is known of the protocol, so nothing is shared
    splice(),
  );
}
