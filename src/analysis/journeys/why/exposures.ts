// What a request may have met that drives people away: a failure, slowness, the one version or machine that is not well.
import type { Attribute } from "../log.ts";
import type { Touch } from "./at-risk.ts";
import type { Roles } from "./roles.ts";

export type ExposureKind = "failure" | "slowness" | "place" | "segment";

export type Exposure = {
  readonly kind: ExposureKind;
  readonly touch: Touch;
  /** `status 503`, `answers slower than 900 ms`, `version = 2`, `slow at payment` */
  readonly what: string;
  readonly attribute: string;
  /** by index in the touch: 1 when it was met */
  readonly met: Uint8Array;
  /** by index in the touch, how much of it was met; NaN where that has no meaning */
  readonly dose: Float64Array | undefined;
};

const FEWEST = 30;
const MOST_VALUES = 50;
/** Times the quick quarter's end, from which on an answer is slow. */
const SLOW = 2.5;
/** Nobody leaves for less, ms (Nielsen, Usability Engineering, 1993: up to here an answer is felt to be there at once). */
const FELT_MS = 100;
const IN_MS = /(ms|millis)$/i;
const IN_S = /([._ ]s|seconds)$/i;

export function exposuresOf(roles: Roles, touch: Touch): Exposure[] {
  if (touch.places.length < 2 * FEWEST) return [];
  return [
    ...failures(roles, touch),
    ...slowness(roles, touch),
    ...roles.technical.flatMap((attribute) => values(attribute, touch, "place")),
    ...roles.others.flatMap((attribute) => values(attribute, touch, "segment")),
  ].filter(({ met }) => {
    const count = met.reduce((sum, one) => sum + one, 0);
    return count >= FEWEST / 3 && met.length - count >= FEWEST / 3;
  });
}

/** Lost journeys that met a failure at a request that too few made to compare anything: all of them may be due to it. */
export function lostUnexamined({ failed }: Roles, touch: Touch): number {
  if (touch.places.length >= 2 * FEWEST) return 0;
  return new Set(touch.cases.filter((_, index) => failed[touch.places[index]!] && touch.lost[index])).size;
}

function failures({ failed, status }: Roles, touch: Touch): Exposure[] {
  const met = Uint8Array.from(touch.places, (place) => failed[place] as number);
  const counts = new Map<string, number>();
  for (const place of touch.places) {
    if (!failed[place] || !status) continue;
    const value = status.values[status.codes[place] as number] as string;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!status || !most) return [];
  return [{ kind: "failure", touch, what: `${status.name} ${most[0]}`, attribute: status.name, met, dose: undefined }];
}

function slowness({ latency, failed }: Roles, touch: Touch): Exposure[] {
  if (!latency) return [];
  const { attribute, values } = latency;
  const dose = Float64Array.from(touch.places, (place) =>
    failed[place] ? Number.NaN : (values[attribute.codes[place] as number] as number),
  );
  const known = dose.filter((value) => !Number.isNaN(value)).sort();
  if (known.length < 2 * FEWEST) return [];
  const isMs = IN_MS.test(attribute.name);
  const felt = isMs ? FELT_MS : IN_S.test(attribute.name) ? FELT_MS / 1000 : 0;
  const limit = Math.max(felt, (known[Math.floor(known.length / 4)] as number) * SLOW);
  const met = Uint8Array.from(dose, (value) => Number(value > limit));
  const least = Number(limit.toPrecision(2));
  const what = isMs ? `answers slower than ${least} ms` : `${attribute.name} above ${least}`;
  return [{ kind: "slowness", touch, what, attribute: attribute.name, met, dose }];
}

/** `version = 2`; what is said of a service behind is a phrase already, `402 at payment` */
export function valueText(name: string, value: string | undefined): string {
  return name === "upstream" ? `${value}` : `${name} = ${value}`;
}

function values({ name, values, codes }: Attribute, touch: Touch, kind: ExposureKind): Exposure[] {
  const counts = new Map<number, number>();
  for (const place of touch.places) {
    const code = codes[place] as number;
    if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const often = [...counts].filter(([, count]) => count >= FEWEST / 3).sort((a, b) => b[1] - a[1]);
  if (counts.size < 2) return [];
  return often.slice(0, MOST_VALUES).map(([code]) => ({
    ...{ kind, touch, what: valueText(name, values[code]), attribute: name, dose: undefined },
    met: Uint8Array.from(touch.places, (place) => Number(codes[place] === code)),
  }));
}
