// The funnel's meaning written down a second time, by trying every choice of events: slow, and sharing no code with the search.

export type PlainEvent = { readonly at: number; readonly name: string };

export type PlainFunnel = {
  readonly steps: readonly string[];
  readonly order: "ordered" | "strict" | "any";
  readonly window: number;
  readonly grace: number;
  readonly exclude: readonly { readonly event: string; readonly after?: number }[];
};

/** @param events of one case, by time */
export function deepest(events: readonly PlainEvent[], funnel: PlainFunnel): number {
  let best = 0;
  const extend = (chosen: readonly number[]) => {
    best = Math.max(best, chosen.length);
    if (chosen.length === funnel.steps.length) return;
    for (let place = 0; place < events.length; place++) {
      if (isAllowed(events, funnel, [...chosen, place])) extend([...chosen, place]);
    }
  };
  if (funnel.order !== "any") {
    extend([]);
    return best;
  }
  for (let lot = 1; lot < 2 ** events.length; lot++) {
    const places = [...events.keys()].filter((place) => lot & (2 ** place));
    const names = places.map((place) => events[place]!.name);
    if (!names.every((name) => funnel.steps.includes(name)) || new Set(names).size < names.length) continue;
    const [first, last] = [places[0]!, places.at(-1)!];
    const between = events.slice(first + 1, last);
    if (between.some(({ name }) => funnel.exclude.some(({ event }) => event === name))) continue;
    if (events[last]!.at - events[first]!.at <= funnel.window) best = Math.max(best, names.length);
  }
  return best;
}

/** Whether these events, in the order of the steps, are an attempt. */
export function isAllowed(events: readonly PlainEvent[], funnel: PlainFunnel, chosen: readonly number[]): boolean {
  if (new Set(chosen).size < chosen.length) return false;
  return chosen.every((place, step) => {
    const event = events[place]!;
    if (event.name !== funnel.steps[step]) return false;
    if (event.at - events[chosen[0]!]!.at > funnel.window) return false;
    if (step === 0) return true;
    const before = chosen[step - 1]!;
    if (funnel.order === "strict") return place === before + 1;
    if (place < before) return funnel.grace > 0 && events[before]!.at - event.at <= funnel.grace;
    return !events
      .slice(before + 1, place)
      .some(({ name }) => funnel.exclude.some((rule) => rule.event === name && (rule.after ?? step) === step));
  });
}

/** How far each attempt came, one after the other. */
export function everyAttempt(events: readonly PlainEvent[], funnel: PlainFunnel): number[] {
  const opens = events.findIndex(({ name }) =>
    funnel.order === "any" ? funnel.steps.includes(name) : name === funnel.steps[0],
  );
  if (opens < 0) return [];
  const rest = events.slice(opens);
  const inTime = rest.filter(({ at }) => at <= rest[0]!.at + funnel.window);
  // The shortest beginning that comes through is where the attempt ends.
  for (let length = 1; length <= inTime.length; length++) {
    const depth = deepest(inTime.slice(0, length), funnel);
    if (depth === funnel.steps.length) return [depth, ...everyAttempt(rest.slice(length), funnel)];
  }
  return [deepest(inTime, funnel), ...everyAttempt(rest.slice(inTime.length), funnel)];
}
