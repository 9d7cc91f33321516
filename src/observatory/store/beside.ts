// What is not written each second, but when somebody comes: in turn with the rest.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Shelves } from "./shelves.ts";

export type Beside = <Result>(act: (opened: OpenStore) => Promise<Result>) => Promise<Result | undefined>;

export type OpenStore = { readonly connection: DuckDBConnection; readonly shelves: Shelves };
