// What is compared: a proxy that listens on loopback and leads to a backend, started on a core of its own.
import type { Child } from "../support/children.ts";

export type Setting = {
  /** for its files; gone at the end */
  readonly folder: string;
  readonly core: number;
  readonly backendPort: number;
};

export type Started = {
  readonly port: number;
  /** whose CPU time and memory count, their children's included */
  readonly children: readonly Child[];
};

export type Contender = {
  readonly name: string;
  /** with its version, for the figures */
  readonly label: () => string;
  /** an engine that compiles while it runs must be warm before it is measured */
  readonly isCompiledLate?: boolean;
  start(setting: Setting): Promise<Started>;
};

/** one core for what is measured, the other for whoever asks and answers */
export const PROXY_CORE = 0;
export const LOAD_CORE = 1;

export function pidsOf({ children }: Pick<Started, "children">): number[] {
  return children.map(({ pid }) => pid);
}
