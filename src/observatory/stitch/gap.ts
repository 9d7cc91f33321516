// Gaps between two events of a request, in bins that grow with the gap: eight to an octave, from 1 µs to two minutes. A
// service's gaps have any shape (caches, locks, garbage collection), so they are counted, not fitted to a formula.

const PER_OCTAVE_BITS = 3;
const OCTAVES = 27;
export const BINS = OCTAVES << PER_OCTAVE_BITS;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
const SHIFT = 23 - PER_OCTAVE_BITS;
const FIRST = 127 << PER_OCTAVE_BITS;

/** The upper bits of a float are its logarithm: no call of Math.log for each gap. @param us less than 0 counts as 0 */
export function binOf(us: number): number {
  float[0] = us + 1;
  const bin = ((bits[0] as number) >> SHIFT) - FIRST;
  return bin < 0 ? 0 : bin < BINS ? bin : BINS - 1;
}

/** Logs of the bins' widths in µs, which make a share of a bin a density. Where clocks tell no less than a millisecond, what
 *  is in a bin came from all of one. */
export function logWidths(resolutionUs: number): Float64Array {
  return Float64Array.from({ length: BINS }, (_, bin) => Math.log(Math.max(resolutionUs, edge(bin + 1) - edge(bin))));
}

function edge(bin: number): number {
  const perOctave = 1 << PER_OCTAVE_BITS;
  return 2 ** (bin >> PER_OCTAVE_BITS) * (1 + (bin & (perOctave - 1)) / perOctave);
}

/** share of the belief that is kept for gaps unlike all before, and gaps that what is believed already is worth */
const SURPRISE = 0.01;
const BELIEF = 1;

const smooth = new Float64Array(BINS);

/** Shares of the bins, smoothed: the less was seen, the wider.
 *  @param counts weights by bin, `weight` in all @param prior shares that are believed where little was seen */
export function densities(counts: Float32Array, weight: number, prior: Float64Array): Float64Array {
  if (weight < 1e-3) return prior;
  const into = new Float64Array(BINS);
  const reach = Math.max(1, Math.min(12, Math.round(10 * (weight + 1) ** -0.3)));
  smooth.fill(0);
  const share = 1 / (reach * reach);
  for (let bin = 0; bin < BINS; bin++) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    for (let step = 1 - reach; step < reach; step++) {
      const to = Math.min(BINS - 1, Math.max(0, bin + step));
      smooth[to] = (smooth[to] as number) + count * share * (reach - Math.abs(step));
    }
  }
  const surprise = (SURPRISE * weight + BELIEF) / (weight + BELIEF);
  for (let bin = 0; bin < BINS; bin++) {
    into[bin] = ((1 - surprise) * (smooth[bin] as number)) / weight + surprise * (prior[bin] as number);
  }
  return into;
}
