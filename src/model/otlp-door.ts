// How a workload reaches the door for OTLP, which listens on the host's loopback, where workloads cannot call: by a name of
// ours, whose address is of a range that is nobody's (RFC 5737), so that a call to it comes to the host as any call to the
// outside does. The host alone knows which port the door has today.

export const OTLP_NAME = "otlp.meshwise";
export const OTLP_ADDRESS = "192.0.2.43";
/** as OpenTelemetry has them, whatever the door's own are */
export const OTLP_PORTS = { http: 4318, grpc: 4317 } as const;
