// The text format of Prometheus, version 0.0.4, and OpenMetrics 1.0, which has exemplars:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
// https://prometheus.io/docs/specs/om/open_metrics_spec/

export type Format = "prometheus" | "openmetrics";

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** @param accept the request's header; who does not name OpenMetrics gets what everybody reads */
export function formatFor(accept: string | null): Format {
  return /application\/openmetrics-text\s*(;|,|$)/i.test(accept ?? "") ? "openmetrics" : "prometheus";
}

export type Labels = Readonly<Record<string, string>>;

export type Sample = {
  /** after the family's name: `_bucket`, `_sum`, `_count` */
  readonly suffix?: string;
  /** those with an empty value are left out: to Prometheus they are the same */
  readonly labels: Labels;
  readonly value: number;
  /** of OpenMetrics alone */
  readonly exemplar?: SampleExemplar | undefined;
};

/** One observation that is in a bucket; its labels are at most 128 characters long, names and values together. */
export type SampleExemplar = {
  readonly labels: Labels;
  readonly value: number;
  /** seconds since 1970 */
  readonly atS: number;
};

export type Family = {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: Iterable<Sample>;
};

/** Families without samples are left out. Names must be valid; label values may be anything. */
export function writeExposition(families: Iterable<Family>, format: Format): string {
  const isOpen = format === "openmetrics";
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    const head = lines.length;
    // OpenMetrics names the family of a counter without the suffix of its samples
    const family = isOpen && type === "counter" ? name.replace(/_total$/, "") : name;
    const told = isOpen ? escaped(help).replaceAll('"', '\\"') : escaped(help);
    lines.push(`# HELP ${family} ${told}`, `# TYPE ${family} ${type}`);
    for (const { suffix = "", labels, value, exemplar } of samples) {
      const line = `${name}${suffix}${braces(labels)} ${digits(value)}`;
      lines.push(isOpen && exemplar ? `${line} ${exemplarText(exemplar)}` : line);
    }
    if (lines.length === head + 2) lines.length = head;
  }
  if (isOpen) lines.push("# EOF");
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/**
 * The samples of one histogram.
 * @param counts per bucket, not cumulated, one more than there are bounds
 * @param exemplars of each bucket, where there is one
 */
export function* histogramSamples(
  labels: Labels,
  bounds: readonly number[],
  counts: ArrayLike<number>,
  sum: number,
  exemplars: readonly (SampleExemplar | undefined)[],
): Iterable<Sample> {
  let below = 0;
  for (let i = 0; i <= bounds.length; i++) {
    below += counts[i] ?? 0;
    const le = digits(bounds[i] ?? Number.POSITIVE_INFINITY);
    yield { suffix: "_bucket", labels: { ...labels, le }, value: below, exemplar: exemplars[i] };
  }
  yield { suffix: "_sum", labels, value: sum };
  yield { suffix: "_count", labels, value: below };
}

function exemplarText({ labels, value, atS }: SampleExemplar): string {
  return `# ${braces(labels)} ${digits(value)} ${atS.toFixed(3)}`;
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
