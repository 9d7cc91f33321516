// The three services of OTLP, each of one method.
const PACKAGE = "/opentelemetry.proto.collector";

export const GRPC_METHODS = {
  traces: `${PACKAGE}.trace.v1.TraceService/Export`,
  metrics: `${PACKAGE}.metrics.v1.MetricsService/Export`,
  logs: `${PACKAGE}.logs.v1.LogsService/Export`,
} as const;
