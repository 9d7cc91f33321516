// Writes docs/errors.md from the table of errors: `npm run errors`. With --check it only says whether the file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { agentErrors } from "../src/base/errors/agent.ts";
import { cliErrors } from "../src/base/errors/cli.ts";
import { configErrors } from "../src/base/errors/config.ts";
import { ERROR_CODES } from "../src/base/errors/index.ts";
import type { ErrorRow, Retry, Side } from "../src/base/errors/row.ts";
import { storeErrors } from "../src/base/errors/store.ts";
import { trafficErrors } from "../src/base/errors/traffic.ts";
import { workloadErrors } from "../src/base/errors/workload.ts";

const FILE = new URL("../docs/errors.md", import.meta.url).pathname;

type Chapter = { readonly title: string; readonly rows: Readonly<Record<string, ErrorRow>> };

const CHAPTERS: readonly Chapter[] = [
  { title: "Met while carrying a request or a connection", rows: trafficErrors },
  { title: "Of the agent: namespaces, listeners, capture, workers", rows: agentErrors },
  { title: "Of starting, checking or stopping workloads", rows: workloadErrors },
  { title: "Mistakes in files", rows: configErrors },
  { title: "Of the observatory and its store", rows: storeErrors },
  { title: "Of commands", rows: cliErrors },
];

const SIDES: Readonly<Record<Side, string>> = {
  downstream: "who sent it",
  upstream: "who was asked",
  internal: "Meshwise",
  user: "what was written or asked",
};

const RETRIES: Readonly<Record<Retry, string>> = {
  no: "no",
  yes: "yes",
  reused: "only if the connection was an old one",
};

function page(): string {
  const chapters = CHAPTERS.filter(({ rows }) => Object.keys(rows).length > 0);
  return [
    "# Errors",
    "",
    "Every failure that Meshwise names, made from `src/base/errors/` by `npm run errors`: do not edit it here.",
    "A response that the mesh itself made carries the code in `Proxy-Status` (RFC 9209); `tap` and the CLI show it too.",
    "",
    ...chapters.flatMap(({ title, rows }) => [`## ${title}`, "", ...Object.entries(rows).flatMap(entry)]),
  ].join("\n");
}

function entry([code, row]: [string, ErrorRow]): string[] {
  const facts = [
    `failed: ${SIDES[row.side]}`,
    `may be sent again: ${RETRIES[row.retry]}`,
    ...(row.status === undefined ? [] : [`HTTP ${row.status}`]),
    ...(row.proxyStatus === undefined ? [] : [`Proxy-Status \`${row.proxyStatus}\``]),
  ];
  return [`### ${code}`, "", `${row.means}. ${row.fix}`, "", `${facts.join(" · ")}`, ""];
}

const told = CHAPTERS.flatMap(({ rows }) => Object.keys(rows));
const untold = ERROR_CODES.filter((code) => !told.includes(code));
if (untold.length > 0) throw new Error(`no chapter has ${untold.join(", ")}: add its file to CHAPTERS`);

const wanted = page();
const written = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
if (process.argv.includes("--check")) {
  if (written !== wanted) {
    console.error("docs/errors.md is stale: run `npm run errors`.");
    process.exit(1);
  }
} else {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, wanted);
}
