// The way of a request, outermost first. The order is the design: each line says why it stands where it stands.
//
// A layer is `run`, which goes inwards with the exchange, and `settle`, which comes back outwards with how it ended
// (`exchange.error`, undefined = a whole answer was carried). These are the two halves of `await next(exchange)`, written
// as two functions because a promise per layer and request costs more than all of the layers do. Whoever cannot go on sets
// the error and calls `outer.settle`; whoever can mend it calls `inner.run` again.
//
// There are two stacks, one in the other: what holds for every request, up to the choice of where it goes; and from there
// the one that was compiled for that choice when the configuration came (policy/layers.ts), so that a request pays for what
// it uses.
import { admit } from "./filter/admit/admit.ts";
import { deadline } from "./filter/deadline/deadline.ts";
import { forgetCopy } from "./filter/mirror/caller.ts";
import { record } from "./filter/record/record.ts";
import { cut, rescue } from "./filter/rescue/rescue.ts";
import { END, stack } from "./layer.ts";
import { next } from "./listen/next.ts";
import { route } from "./route/route.ts";
import type { Core, Link } from "./shapes.ts";

/** A request and its answer. */
export function httpStack(core: Core): Link {
  return stack(
    END,
    next(), //         after it all, the connection's next request may begin
    record(core), //   sees every outcome, ours included, so it is outermost
    rescue(core), //   turns any failure below into one answer; inside record, so that a made-up 503 is still a span
    deadline(core), // the caller's time limit covers everything after it
    admit(), //        refuses before work is done, never after
    route(core), //    where to; the rest of the way depends on it
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

/** The copy of a request, see filter/mirror: nobody is there to get an answer. */
export function mirrorStack(core: Core): Link {
  return stack(END, forgetCopy(), record(core), deadline(core));
}
