// Makes what the hot path reads of what was counted: logs of probabilities. What is usual of a service stands in for what is
// not known of a route, and that for what is not known after one event of it.
import { compileContent } from "./content.ts";
import { BINS, densities } from "./gap.ts";
import { ANSWERED, MOST_CALLS, MOST_KINDS, type Model, placeOf } from "./model.ts";

/** requests that what is usual of a route is worth after an event, and what is usual at all is worth on a route */
const USUAL_OF_ROUTE = 0.5;
const USUAL = 2;
/** of a gap that a step never had: whatever is possible */
const ANY_GAP = 0.1;
/** times what chance brings on average, so that its noise does not count */
const MOST_CHANCE = 1.5;
/** share of a route's requests from which a kind of call counts as one that is made after the answer */
const LATE_SHARE = 0.05;
/** calls of nobody, and µs, that are believed before anything was seen */
const FIRST_STRAYS = 0.05;
const FIRST_US = 1e6;

/** @param isKnown so well that a kind of call which was never heard of is a new one: when learning begins all are */
export function compile(model: Model, isKnown = false): void {
  model.isLate.fill(0);
  model.chance.fill(0);
  const visits = visitsOf(model);
  const shares = compileShares(model, visits, isKnown);
  const gaps = compileNew(model);
  compilePasses(model, visits, shares);
  compileSteps(model, visits, shares, gaps);
  compileCounts(model);
  compileContent(model);
  for (let kind = 0; kind < MOST_KINDS; kind++) {
    const seen = (model.strays[kind] as number) + (model.chance[kind] as number);
    model.logStray[kind] = Math.log((seen + FIRST_STRAYS) / (model.strayUs + FIRST_US));
  }
}

type Visits = {
  /** by context: how often it was there, and how often a step was seen to follow */
  readonly all: Float64Array;
  readonly followed: Float64Array;
};

function visitsOf(model: Model): Visits {
  const followed = new Float64Array(model.contextCount + 1);
  for (let id = 1; id <= model.stepCount; id++) {
    const row = rowOf(model, id);
    followed[row] = (followed[row] as number) + (model.weights[id] as number);
  }
  return { all: followed.map((weight, row) => Math.max(weight, model.visits[row] as number)), followed };
}

function rowOf(model: Model, id: number): number {
  const [route, event] = placeOf(model, id);
  return model.contexts[route * (2 + 2 * model.kinds) + event] as number;
}

/** Of each column, and last of a call's end coming next: by route and in all. */
function compileShares(model: Model, { all, followed }: Visits, isKnown: boolean): Float64Array {
  const columns = 2 + model.kinds;
  const passing = columns - 1;
  const shares = new Float64Array(model.routes * columns);
  const visited = new Float64Array(model.routes);
  const usual = new Float64Array(columns);
  const add = (route: number, column: number, weight: number) => {
    const at = route * columns + column;
    shares[at] = (shares[at] as number) + weight;
    usual[column] = (usual[column] as number) + weight;
  };
  for (const [route, row] of contextsOf(model)) {
    visited[route] = (visited[route] as number) + (all[row] as number);
    add(route, passing, (all[row] as number) - (followed[row] as number));
  }
  for (let id = 1; id <= model.stepCount; id++) {
    const [route, , column] = placeOf(model, id);
    add(route, column, model.weights[id] as number);
  }
  for (let kind = 0; kind < model.kinds; kind++) {
    const isUnheard = usual[1 + kind] === 0 && (model.strays[kind] as number) === 0;
    model.isUnheard[1 + kind] = Number(isKnown && isUnheard);
  }
  const sum = visited.reduce((sum, weight) => sum + weight, 0);
  for (let route = 0; route < model.routes; route++) {
    for (let column = 0; column < columns; column++) {
      // what is known from nobody, as from a timer, may as well be what a new route does
      const strays = column > 0 && column < passing ? (model.strays[column - 1] as number) : 0;
      const general = ((usual[column] as number) + strays + 0.5) / (sum + 0.5 * columns);
      const at = route * columns + column;
      const share = ((shares[at] as number) + USUAL * general) / ((visited[route] as number) + USUAL);
      shares[at] = share;
      model.logShares[at] = Math.log(share);
    }
  }
  model.logPass[0] = Math.log(((usual[passing] as number) + 0.5) / (sum + 1));
  return shares;
}

function* contextsOf(model: Model): Iterable<[route: number, row: number]> {
  const events = 2 + 2 * model.kinds;
  for (let at = 0; at < model.routes * events; at++) {
    const row = model.contexts[at] as number;
    if (row !== 0) yield [Math.floor(at / events), row];
  }
}

/** @returns by column: shares of the bins, of all that led to it */
function compileNew(model: Model): Float64Array[] {
  const columns = 1 + model.kinds;
  const pools = Array.from({ length: columns }, () => new Float32Array(BINS));
  const weights = new Float64Array(columns);
  for (let id = 1; id <= model.stepCount; id++) {
    const [, , column] = placeOf(model, id);
    const pool = pools[column] as Float32Array;
    weights[column] = (weights[column] as number) + (model.weights[id] as number);
    for (let bin = 0; bin < BINS; bin++) pool[bin] = (pool[bin] as number) + (model.gaps[id * BINS + bin] as number);
  }
  const flat = new Float64Array(BINS).fill(1 / BINS);
  const all = new Float32Array(BINS).map((_, bin) => pools.reduce((sum, pool) => sum + (pool[bin] as number), 0));
  const any = densities(
    all,
    weights.reduce((sum, weight) => sum + weight, 0),
    flat,
  );
  return pools.map((pool, column) => {
    const known = densities(pool, weights[column] as number, any).map(
      (share) => (1 - ANY_GAP) * share + ANY_GAP / BINS,
    );
    for (let bin = 0; bin < BINS; bin++) {
      model.logsOfNew[column * BINS + bin] = Math.log(known[bin] as number) - (model.widths[bin] as number);
    }
    return known;
  });
}

/** What an event never led to before; and that a call's end comes next, which is not judged by its time. */
function compilePasses(model: Model, { all, followed }: Visits, shares: Float64Array): void {
  const columns = 2 + model.kinds;
  for (const [route, row] of contextsOf(model)) {
    const visits = (all[row] as number) + USUAL_OF_ROUTE;
    const passed = Math.max(0, (all[row] as number) - (followed[row] as number));
    model.logNew[row] = Math.log(USUAL_OF_ROUTE / visits);
    model.logPass[row] = Math.log((passed + USUAL_OF_ROUTE * (shares[(route + 1) * columns - 1] as number)) / visits);
  }
}

function compileSteps(model: Model, { all }: Visits, shares: Float64Array, ofColumn: readonly Float64Array[]): void {
  for (let id = 1; id <= model.stepCount; id++) {
    const [route, event, column] = placeOf(model, id);
    const weight = model.weights[id] as number;
    const visits = (all[rowOf(model, id)] as number) + USUAL_OF_ROUTE;
    const isLate = event === ANSWERED;
    if (isLate && weight > LATE_SHARE * (model.routeWeight[route] as number)) model.isLate[column - 1] = 1;
    const gaps = model.gaps.subarray(id * BINS, (id + 1) * BINS);
    const left = isLate ? withoutChance(model, id, gaps) : 1;
    const share = shares[route * (2 + model.kinds) + column] as number;
    const offset = Math.log((weight * left + USUAL_OF_ROUTE * share) / visits);
    const seen = isLate ? beyondChance : gaps;
    const known = densities(seen, weight * left, ofColumn[column] as Float64Array);
    for (let bin = 0; bin < BINS; bin++) {
      model.logs[id * BINS + bin] = Math.log(known[bin] as number) - (model.widths[bin] as number) + offset;
    }
  }
}

function compileCounts(model: Model): void {
  for (let row = 0; row < model.countCount; row++) {
    const counts = model.counts.subarray(row * MOST_CALLS, (row + 1) * MOST_CALLS);
    const all = model.routeWeight[Math.floor((model.countPlaces[row] as number) / MOST_KINDS)] as number;
    const none = Math.max(0, all - counts.reduce((sum, count) => sum + count, 0)) + 0.5;
    for (let n = 1; n < MOST_CALLS; n++) {
      model.countLogs[row * MOST_CALLS + n] = Math.log(((counts[n] as number) + 0.5 / n) / none);
    }
  }
}

const beyondChance = new Float32Array(BINS);

/** Whatever is nobody's comes after some answer too, so what is taken for late is believed only where it is more frequent
 *  than chance. The rate of chance is what remains unexplained; a few rounds are enough to tell the two apart.
 *  @returns share that is left, of gaps that are put into `beyondChance` */
function withoutChance(model: Model, id: number, gaps: Float32Array): number {
  const [route, , column] = placeOf(model, id);
  const kind = column - 1;
  const answers = model.routeWeight[route] as number;
  const weight = model.weights[id] as number;
  if (kind < 0 || weight < 1e-3) {
    beyondChance.set(gaps);
    return 1;
  }
  let share = 0;
  for (let round = 0; round < 3; round++) {
    const rate = ((model.strays[kind] as number) + weight * (1 - share)) / (model.strayUs + FIRST_US);
    let left = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const byChance = answers * rate * Math.exp(model.widths[bin] as number);
      beyondChance[bin] = Math.max(0, (gaps[bin] as number) - MOST_CHANCE * byChance);
      left += beyondChance[bin] as number;
    }
    share = left / weight;
  }
  model.chance[kind] = (model.chance[kind] as number) + weight * (1 - share);
  return share;
}
