// What schema.json lets through, as types: the spellings of Compose before they become a ServiceSpec.
import type { Dependency } from "../../model/project.ts";

export type Text = string | number | boolean;
export type RawPairs = Readonly<Record<string, Text | null>> | readonly string[];
export type RawWords = string | readonly Text[] | null;

export type RawEnvFile = string | { readonly path: string; readonly required?: boolean; readonly format?: "raw" };

export type RawPort =
  | string
  | number
  | {
      readonly target: number;
      readonly published?: string | number;
      readonly host_ip?: string;
      readonly protocol?: string;
      readonly app_protocol?: string;
    };

export type RawHealthcheck = {
  readonly test?: RawWords;
  readonly interval?: Text;
  readonly timeout?: Text;
  readonly start_period?: Text;
  readonly start_interval?: Text;
  readonly retries?: number;
  readonly disable?: boolean;
};

export type RawService = {
  readonly image?: unknown;
  readonly build?: unknown;
  readonly command?: RawWords;
  readonly entrypoint?: RawWords;
  readonly environment?: RawPairs;
  readonly env_file?: string | readonly RawEnvFile[];
  readonly working_dir?: string;
  readonly depends_on?:
    | readonly string[]
    | Readonly<Record<string, { readonly condition: Dependency["condition"]; readonly required?: boolean }>>;
  readonly healthcheck?: RawHealthcheck;
  readonly restart?: string;
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: { readonly cpus?: Text; readonly memory?: Text; readonly pids?: number } };
  };
  readonly scale?: number;
  readonly cpus?: Text;
  readonly mem_limit?: Text;
  readonly pids_limit?: number;
  readonly ports?: readonly RawPort[];
  readonly expose?: readonly (string | number)[];
  readonly user?: string | number;
  readonly labels?: RawPairs;
  readonly stop_signal?: string | number;
  readonly stop_grace_period?: Text;
  readonly profiles?: readonly string[];
  readonly "x-meshwise"?: {
    readonly files?: readonly string[];
    readonly otlp?: boolean;
    readonly routes?: readonly string[];
  };
};

export type RawProject = {
  readonly name?: string;
  readonly services: Readonly<Record<string, RawService>>;
  readonly "x-meshwise"?: { readonly egress?: "on" | "off" | boolean };
};
