// What the user asked for: a project read from a Compose file, free of Compose's many spellings.

export type Project = {
  /** Compose's project name; also the namespace of every identity in it */
  readonly name: string;
  /** absolute path of the folder that holds the Compose file */
  readonly directory: string;
  readonly services: readonly ServiceSpec[];
  readonly egress: EgressPolicy;
};

export type ServiceSpec = {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** absolute */
  readonly workingDirectory: string;
  readonly dependsOn: readonly Dependency[];
  readonly healthcheck?: Healthcheck;
  readonly restart: RestartPolicy;
  readonly replicas: number;
  readonly published: readonly PublishedPort[];
  /** ports the service says it listens on: `expose` and the targets of `ports`; only these may be dialled on its loopback */
  readonly declaredPorts: readonly number[];
  /** declared templates of paths, such as `/products/{slug}` or `/static/*`; absent: all are learned */
  readonly routes?: readonly string[];
  /** `uid[:gid]` or names, as in Compose */
  readonly user?: string;
  readonly limits: ResourceLimits;
  readonly labels: Readonly<Record<string, string>>;
  /** what people call this version: the label app.kubernetes.io/version, else the first 8 digits of `revision` */
  readonly version: string;
  /** hash of all that makes a running workload differ from a fresh one; another revision means: roll */
  readonly revision: string;
  readonly stopSignal: string;
  readonly stopGraceMs: number;
};

export type Dependency = {
  readonly service: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  readonly required: boolean;
};

export type Healthcheck = {
  /** argv; `CMD-SHELL` is already wrapped in `/bin/sh -c` */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
};

export type RestartPolicy =
  | { readonly kind: "no" }
  | { readonly kind: "always" }
  | { readonly kind: "unless-stopped" }
  | { readonly kind: "on-failure"; readonly maxAttempts?: number };

export type PublishedPort = {
  readonly hostAddress: string;
  /** 0: any free port */
  readonly hostPort: number;
  readonly service: string;
  readonly targetPort: number;
  readonly protocol?: PortProtocol;
};

/** what a port is declared to speak (`app_protocol`); without it the proxy detects it */
export type PortProtocol = "http" | "tcp";

export type ResourceLimits = {
  /** in cores, such as 0.5 */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
};

/** outside addresses that workloads may call; loopback, link-local and metadata addresses are never reachable */
export type EgressPolicy = { readonly allowed: boolean };
