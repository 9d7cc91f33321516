// Of what a series over time is: the traffic to a service, or what one sends to another.
import { PROBE_ROUTE } from "../routes/book.ts";
import { isNamed } from "./named.ts";

/** `service`: the traffic to it. Else what `source` sends to `destination`; one of them may be left out. */
export type SeriesOf = (
  | { readonly service: string }
  | { readonly source?: string | undefined; readonly destination?: string | undefined }
) & {
  /** probes and scrapes too */
  readonly withProbes?: boolean | undefined;
};

type Named = {
  readonly source: string;
  readonly sourceNamespace: string;
  readonly destination: string;
  readonly destinationNamespace: string;
  readonly route: string;
};

export function isOf(of: SeriesOf, one: Named): boolean {
  if (one.route === PROBE_ROUTE && !of.withProbes) return false;
  if ("service" in of) {
    return one.destinationNamespace !== "" && isNamed(of.service, one.destination, one.destinationNamespace);
  }
  return (
    isNamed(of.source, one.source, one.sourceNamespace) &&
    isNamed(of.destination, one.destination, one.destinationNamespace)
  );
}
