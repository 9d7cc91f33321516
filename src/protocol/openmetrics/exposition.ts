// The text format of Prometheus, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

export type Sample = {
  /** after the family's name: `_bucket`, `_sum`, `_count` */
  readonly suffix?: string;
  /** those with an empty value are left out: to Prometheus they are the same */
  readonly labels: Labels;
  readonly value: number;
};

export type Family = {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: Iterable<Sample>;
};

/** Families without samples are left out. Names must be valid; label values may be anything. */
export function writeExposition(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    const head = lines.length;
    lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`);
    for (const { suffix = "", labels, value } of samples)
      lines.push(`${name}${suffix}${braces(labels)} ${digits(value)}`);
    if (lines.length === head + 2) lines.length = head;
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/**
 * The samples of one histogram.
 * @param counts per bucket, not cumulated, one more than there are bounds
 */
export function* histogramSamples(
  labels: Labels,
  bounds: readonly number[],
  counts: ArrayLike<number>,
  sum: number,
): Iterable<Sample> {
  let below = 0;
  for (let i = 0; i <= bounds.length; i++) {
    below += counts[i] ?? 0;
    yield { suffix: "_bucket", labels: { ...labels, le: digits(bounds[i] ?? Number.POSITIVE_INFINITY) }, value: below };
  }
  yield { suffix: "_sum", labels, value: sum };
  yield { suffix: "_count", labels, value: below };
}

function braces(labels: Labels): string {
  const pairs: string[] = [];
  for (const name in labels) {
    const value = labels[name];
    if (value) pairs.push(`${name}="${escaped(value).replaceAll('"', '\\"')}"`);
  }
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function digits(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
