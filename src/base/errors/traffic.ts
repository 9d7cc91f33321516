// Failures met while carrying a request or a connection.
import type { ErrorRow } from "./row.ts";

export const trafficErrors = {
  upstream_refused: {
    side: "upstream",
    retry: "yes",
    status: 502,
    proxyStatus: "connection_refused",
    means: "The service refused the connection",
    fix: "See whether its process listens on that port: `meshwise ps`, `meshwise logs <service>`.",
  },
} as const satisfies Record<string, ErrorRow>;
