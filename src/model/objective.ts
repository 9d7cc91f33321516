// What a user promises of a service, and who is told when the promise is at stake.

/** What a good request is, and which share of the requests is to be good, 0…1. */
export type Goal =
  /** good: the service did not fail it */
  | { readonly kind: "availability"; readonly share: number }
  /** good: it was answered in time; failures are not counted, they are for availability */
  | { readonly kind: "latency"; readonly share: number; readonly withinUs: number };

/** An Objective for one of its targets. */
export type Objective = {
  /** of the object */
  readonly name: string;
  readonly service: string;
  readonly namespace: string;
  /** as `meshwise routes` tells it; absent: all that is asked of the service */
  readonly route?: string;
  readonly goal: Goal;
  /** seconds over which the goal is to hold */
  readonly windowS: number;
};

/** An Objective for a declared journey: how many of those who begin it come through. */
export type ConversionObjective = {
  /** of the object */
  readonly name: string;
  readonly journey: string;
  readonly namespace: string;
  /** share that is promised, 0…1; absent: no significant fall against before */
  readonly least?: number;
  /** seconds: how far back "before" goes */
  readonly windowS: number;
};

/** A Notification object. */
export type Notification = {
  readonly name: string;
  /** http:// or https:// */
  readonly webhook?: string;
  /** absolute path of a file that gets a line of JSON for each event */
  readonly file?: string;
};

/** What the host tells the observatory of a project's objectives. */
export type Objectives = {
  readonly objectives: readonly Objective[];
  readonly conversions: readonly ConversionObjective[];
  readonly notifications: readonly Notification[];
};

export type Counted = { readonly requests: number; readonly bad: number };

/** What was counted of an objective in one stretch of time, seconds since the epoch. */
export type CountedStep = Counted & { readonly startS: number; readonly lengthS: number };

type Keyed = {
  readonly name: string;
  readonly service: string;
  readonly route?: string | undefined;
  readonly journey?: string | undefined;
};

/** `checkout/checkout`, `checkout/checkout GET /cart`, `people-buy/journey purchase`: the same as long as object and target are */
export function objectiveKey({ name, service, route, journey }: Keyed): string {
  if (journey !== undefined) return `${name}/journey ${journey}`;
  return route === undefined ? `${name}/${service}` : `${name}/${service} ${route}`;
}

/** `99.9 % without failure`, `99 % within 300 ms` */
export function goalText(goal: Goal): string {
  const percent = `${Number((100 * goal.share).toPrecision(10))} %`;
  return goal.kind === "availability" ? `${percent} without failure` : `${percent} within ${goal.withinUs / 1000} ms`;
}

/** `8 % come through`, `no fewer come through than before` */
export function conversionText({ least }: Pick<ConversionObjective, "least">): string {
  if (least === undefined) return "no fewer come through than before";
  return `${Number((100 * least).toPrecision(10))} % come through`;
}
