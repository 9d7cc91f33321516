// What the schemas let through, as types: the objects as their users write them.

export type RawParentRef = {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
};

export type RawBackendRef = {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
};

export type RawValueMatch = {
  readonly type?: "Exact" | "RegularExpression";
  readonly name: string;
  readonly value: string;
};

export type RawMatch = {
  readonly path?: { readonly type?: "Exact" | "PathPrefix" | "RegularExpression"; readonly value?: string };
  readonly headers?: readonly RawValueMatch[];
  readonly queryParams?: readonly RawValueMatch[];
  readonly method?: string;
};

export type RawPathModifier = {
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
};

export type RawHeaderModifier = {
  readonly set?: readonly { readonly name: string; readonly value: string }[];
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  readonly remove?: readonly string[];
};

export type RawFilter = {
  readonly type:
    | "RequestHeaderModifier"
    | "ResponseHeaderModifier"
    | "RequestMirror"
    | "RequestRedirect"
    | "URLRewrite"
    | "CORS"
    | "ExternalAuth"
    | "ExtensionRef";
  readonly requestHeaderModifier?: RawHeaderModifier;
  readonly responseHeaderModifier?: RawHeaderModifier;
  readonly requestMirror?: {
    readonly backendRef: RawBackendRef;
    readonly percent?: number;
    readonly fraction?: { readonly numerator: number; readonly denominator?: number };
  };
  readonly requestRedirect?: {
    readonly scheme?: "http" | "https";
    readonly hostname?: string;
    readonly path?: RawPathModifier;
    readonly port?: number;
    readonly statusCode?: number;
  };
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: RawPathModifier };
  readonly cors?: {
    readonly allowOrigins?: readonly string[];
    readonly allowCredentials?: boolean;
    readonly allowMethods?: readonly string[];
    readonly allowHeaders?: readonly string[];
    readonly exposeHeaders?: readonly string[];
    readonly maxAge?: number;
  };
  readonly externalAuth?: unknown;
  readonly extensionRef?: unknown;
};

export type RawWeighted = RawBackendRef & { readonly weight?: number; readonly filters?: readonly RawFilter[] };

export type RawHttpRule = {
  readonly name?: string;
  readonly matches?: readonly RawMatch[];
  readonly filters?: readonly RawFilter[];
  readonly backendRefs?: readonly RawWeighted[];
  readonly timeouts?: { readonly request?: string; readonly backendRequest?: string };
  readonly retry?: { readonly codes?: readonly number[]; readonly attempts?: number; readonly backoff?: string };
  readonly sessionPersistence?: {
    readonly sessionName?: string;
    readonly absoluteTimeout?: string;
    readonly idleTimeout?: string;
    readonly type?: "Cookie" | "Header";
    readonly cookieConfig?: { readonly lifetimeType?: "Permanent" | "Session" };
  };
};

export type RawHttpRoute = {
  readonly parentRefs?: readonly RawParentRef[];
  readonly hostnames?: readonly string[];
  readonly rules?: readonly RawHttpRule[];
};

export type RawTcpRoute = {
  readonly parentRefs?: readonly RawParentRef[];
  readonly rules: readonly { readonly name?: string; readonly backendRefs: readonly RawWeighted[] }[];
};

export type RawSelector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
};

export type RawListener = {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
  readonly tls?: unknown;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: "All" | "Selector" | "Same" | "None"; readonly selector?: RawSelector };
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
  };
};

export type RawGateway = {
  readonly gatewayClassName: string;
  readonly listeners: readonly RawListener[];
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
};

export type RawTargetRef = {
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly sectionName?: string;
};

export type RawObjective = {
  readonly targetRefs: readonly {
    readonly group?: string;
    readonly kind: string;
    readonly name: string;
    readonly route?: string;
  }[];
  readonly availability?: { readonly percent: number };
  readonly latency?: { readonly percent: number; readonly within: string };
  /** of a Journey; without `percent`: no significant fall */
  readonly conversion?: { readonly percent?: number };
  readonly window?: string;
};

export type RawNotification = { readonly webhook?: { readonly url: string }; readonly file?: string };

export type RawTrafficPolicy = {
  readonly targetRefs: readonly RawTargetRef[];
  readonly loadBalancing?: {
    readonly type?: "PeakEWMA" | "LeastRequest" | "RoundRobin" | "Random" | "RingHash" | "Maglev";
    readonly hashOn?: { readonly type: "Header" | "Cookie" | "Query" | "Address"; readonly name?: string };
    readonly slowStart?: string;
    readonly zonePreferencePercent?: number;
    readonly warmConnections?: number;
  };
  readonly retries?: {
    readonly on?: readonly ("ConnectFailure" | "Reset" | "5xx" | "GatewayError" | "Retriable4xx" | "Timeout")[];
    readonly codes?: readonly number[];
    readonly attempts?: number;
    readonly perTry?: string;
    readonly backoff?: string;
    readonly maxBackoff?: string;
    readonly unsafe?: boolean;
    readonly budgetPercent?: number;
    readonly budgetPerSecond?: number;
    readonly hedgeAfter?: string;
  };
  readonly timeouts?: {
    readonly request?: string;
    readonly connect?: string;
    readonly firstByte?: string;
    readonly idle?: string;
  };
  readonly circuitBreaking?: {
    readonly maxConnections?: number;
    readonly maxPending?: number;
    readonly maxRequests?: number;
  };
  readonly outlierEjection?: {
    readonly enabled?: boolean;
    readonly consecutiveFailures?: number;
    readonly successRateDeviations?: number;
    readonly latencyFactor?: number;
    readonly interval?: string;
    readonly ejection?: string;
    readonly maxEjection?: string;
    readonly maxPercent?: number;
  };
  readonly concurrency?: { readonly enabled?: boolean; readonly min?: number; readonly max?: number };
  readonly rateLimits?: readonly {
    readonly name: string;
    readonly by?: { readonly type: "Caller" | "All" | "Header"; readonly name?: string };
    readonly requests: number;
    readonly per?: string;
    readonly burst?: number;
    readonly onTrouble?: "Pass" | "Refuse";
  }[];
  readonly faults?: readonly {
    readonly name: string;
    readonly match?: {
      readonly path?: string;
      readonly method?: string;
      readonly header?: { readonly name: string; readonly value: string };
    };
    readonly percent?: number;
    readonly delay?: string;
    readonly abort?: { readonly status?: number; readonly reset?: boolean };
    readonly bandwidth?: string;
  }[];
  readonly health?: {
    readonly active?: {
      readonly path: string;
      readonly port?: number;
      readonly interval?: string;
      readonly timeout?: string;
      readonly healthyAfter?: number;
      readonly unhealthyAfter?: number;
      readonly statuses?: { readonly from: number; readonly to: number };
    };
    readonly panicPercent?: number;
  };
};

export type RawJourney = {
  /** names of routes */
  readonly steps: readonly string[];
  readonly order?: "Ordered" | "Strict" | "Any";
  readonly unit?: "Session" | "Visitor";
  /** from the first step to the last */
  readonly window?: string;
  readonly exclude?: readonly string[];
  /** each attempt counts, and not the best one */
  readonly reentry?: boolean;
};
