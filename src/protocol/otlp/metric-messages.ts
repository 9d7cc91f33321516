// Metrics (opentelemetry-proto, metrics/v1).
import { many, message, one, scalar, scalars } from "../protobuf/message.ts";
import { KEY_VALUE, RESOURCE, SCOPE } from "./common.ts";

const EXEMPLAR = message({
  timeUnixNano: scalar(2, "fixed64"),
  asDouble: scalar(3, "double"),
  spanId: scalar(4, "hex"),
  traceId: scalar(5, "hex"),
  asInt: scalar(6, "sfixed64"),
  filteredAttributes: many(7, () => KEY_VALUE),
});

const NUMBER_POINT = message({
  startTimeUnixNano: scalar(2, "fixed64"),
  timeUnixNano: scalar(3, "fixed64"),
  asDouble: scalar(4, "double"),
  exemplars: many(5, () => EXEMPLAR),
  asInt: scalar(6, "sfixed64"),
  attributes: many(7, () => KEY_VALUE),
  flags: scalar(8, "uint32"),
});

const HISTOGRAM_POINT = message({
  startTimeUnixNano: scalar(2, "fixed64"),
  timeUnixNano: scalar(3, "fixed64"),
  count: scalar(4, "fixed64"),
  sum: scalar(5, "double"),
  bucketCounts: scalars(6, "fixed64"),
  explicitBounds: scalars(7, "double"),
  exemplars: many(8, () => EXEMPLAR),
  attributes: many(9, () => KEY_VALUE),
  flags: scalar(10, "uint32"),
  min: scalar(11, "double"),
  max: scalar(12, "double"),
});

const BUCKETS = message({ offset: scalar(1, "sint32"), bucketCounts: scalars(2, "uint64") });

const EXPONENTIAL_POINT = message({
  attributes: many(1, () => KEY_VALUE),
  startTimeUnixNano: scalar(2, "fixed64"),
  timeUnixNano: scalar(3, "fixed64"),
  count: scalar(4, "fixed64"),
  sum: scalar(5, "double"),
  scale: scalar(6, "sint32"),
  zeroCount: scalar(7, "fixed64"),
  positive: one(8, () => BUCKETS),
  negative: one(9, () => BUCKETS),
  flags: scalar(10, "uint32"),
  exemplars: many(11, () => EXEMPLAR),
  min: scalar(12, "double"),
  max: scalar(13, "double"),
  zeroThreshold: scalar(14, "double"),
});

const QUANTILE = message({ quantile: scalar(1, "double"), value: scalar(2, "double") });

const SUMMARY_POINT = message({
  startTimeUnixNano: scalar(2, "fixed64"),
  timeUnixNano: scalar(3, "fixed64"),
  count: scalar(4, "fixed64"),
  sum: scalar(5, "double"),
  quantileValues: many(6, () => QUANTILE),
  attributes: many(7, () => KEY_VALUE),
  flags: scalar(8, "uint32"),
});

const METRIC = message({
  name: scalar(1, "string"),
  description: scalar(2, "string"),
  unit: scalar(3, "string"),
  gauge: one(5, () => GAUGE),
  sum: one(7, () => SUM),
  histogram: one(9, () => HISTOGRAM),
  exponentialHistogram: one(10, () => EXPONENTIAL),
  summary: one(11, () => SUMMARY),
  metadata: many(12, () => KEY_VALUE),
});

const GAUGE = message({ dataPoints: many(1, () => NUMBER_POINT) });
const SUM = message({
  dataPoints: many(1, () => NUMBER_POINT),
  aggregationTemporality: scalar(2, "enum"),
  isMonotonic: scalar(3, "bool"),
});
const HISTOGRAM = message({
  dataPoints: many(1, () => HISTOGRAM_POINT),
  aggregationTemporality: scalar(2, "enum"),
});
const EXPONENTIAL = message({
  dataPoints: many(1, () => EXPONENTIAL_POINT),
  aggregationTemporality: scalar(2, "enum"),
});
const SUMMARY = message({ dataPoints: many(1, () => SUMMARY_POINT) });

const SCOPE_METRICS = message({
  scope: one(1, () => SCOPE),
  metrics: many(2, () => METRIC),
  schemaUrl: scalar(3, "string"),
});

const RESOURCE_METRICS = message({
  resource: one(1, () => RESOURCE),
  scopeMetrics: many(2, () => SCOPE_METRICS),
  schemaUrl: scalar(3, "string"),
});

/** ExportMetricsServiceRequest */
export const METRICS = message({ resourceMetrics: many(1, () => RESOURCE_METRICS) });

export type Metrics = NonNullable<(typeof METRICS)["value"]>;
export type Metric = NonNullable<(typeof METRIC)["value"]>;

/** AggregationTemporality: what a value is since the point before, or since the start */
export const TEMPORALITY = { delta: 1, cumulative: 2 } as const;

export type HistogramPoint = NonNullable<(typeof HISTOGRAM_POINT)["value"]>;
