// Deployments as a person makes them: files of the shop and its Compose file are changed, then `meshwise up`.
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import type { Hands } from "../hands.ts";
import type { Shop } from "../shop.ts";

/** A place in a file that is written anew; `from` stands there once. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string };

export type ComposeService = {
  command: string[];
  "x-meshwise": { files: string[] };
  labels: Record<string, string>;
  environment: Record<string, string>;
  deploy?: { replicas?: number; resources?: { limits?: { cpus?: string; memory?: string } } };
};

export type Release = {
  readonly service: string;
  readonly version: string;
  /** the folder of `services/` with its code goes on under this name, because another service runs it too */
  readonly rename?: { readonly from: string; readonly to: string };
  readonly edits?: readonly Edit[];
  readonly append?: { readonly file: string; readonly text: string };
  readonly change?: (service: ComposeService) => void;
};

/** the mesh looks at its files five times a second, and takes what was alike at two looks */
const LOOKED_AT_MS = 1_000;

/** a Gateway API object, or one of the mesh's own kinds */
export type MeshObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  spec: Record<string, unknown>;
};

/** Resolves when the new versions serve. */
export async function deploy(hands: Hands, releases: readonly Release[]): Promise<void> {
  await keepFiles(hands);
  const { files } = hands.shop;
  for (const { rename, edits = [], append } of releases) {
    const at = (place: string) => join(files, "services", place);
    if (rename) cpSync(at(rename.from), at(rename.to), { recursive: true });
    for (const edit of edits) apply(files, { ...edit, file: renamed(edit.file, rename) });
    if (append) appendFileSync(at(append.file), append.text);
  }
  await recompose(hands.shop, (services) => {
    for (const { service, version, rename, change } of releases) {
      const one = named(services, service);
      one.labels = { ...one.labels, "app.kubernetes.io/version": version };
      if (rename) {
        one.command = one.command.map((word) => (word === rename.from ? rename.to : word));
        one["x-meshwise"].files = one["x-meshwise"].files.map((glob) => renamed(glob, rename));
      }
      change?.(one);
    }
  });
}

/** Resolves when so many replicas of it serve. */
export async function scale(hands: Hands, service: string, replicas: number): Promise<void> {
  await keepFiles(hands);
  await recompose(hands.shop, (services) => {
    const one = named(services, service);
    one.deploy = { ...one.deploy, replicas };
  });
}

type Services = Record<string, ComposeService>;

async function recompose(shop: Shop, change: (services: Services) => void): Promise<void> {
  rewrite<{ services: Services }>(join(shop.files, "compose.yaml"), ([compose]) => compose && change(compose.services));
  await shop.meshwise(...up(shop));
}

function named(services: Services, service: string): ComposeService {
  const one = services[service];
  if (!one) throw new Error(`compose.yaml has no service ${service}`);
  return one;
}

function renamed(path: string, rename: Release["rename"]): string {
  return rename ? path.replace(`${rename.from}/`, `${rename.to}/`) : path;
}

/** Routes and policies: the mesh sees by itself that their file has changed. */
export async function configure(hands: Hands, change: (objects: MeshObject[]) => void): Promise<void> {
  await keepFiles(hands);
  rewrite<MeshObject>(join(hands.shop.files, "meshwise.yaml"), change);
  await Bun.sleep(LOOKED_AT_MS);
  // what the mesh refuses would be a fault that nobody has
  const { problems } = JSON.parse(await hands.shop.meshwise("get", "all", "-o", "json")) as { problems: string[] };
  if (problems[0] !== undefined) throw new Error(problems[0]);
}

/** @param folder of `services/` */
export function apply(folder: string, { file, from, to }: Edit): void {
  const path = join(folder, "services", file);
  const [before, ...after] = readFileSync(path, "utf8").split(from);
  if (after.length !== 1) throw new Error(`${file} has ${after.length} times what is to be changed: ${from}`);
  writeFileSync(path, `${before}${to}${after[0]}`);
}

/** The files as they are now come back, deployed, when the fault ends. */
async function keepFiles(hands: Hands): Promise<void> {
  const { files, data, project } = hands.shop;
  const kept = join(data, "faults", "before");
  if (existsSync(kept)) return;
  // cp writes into the files that are there, so that they keep their owner
  const program = '[ ! -d "$0" ] || cp -R "$0/." "$1" && rm -rf "$0" && shift && exec "$@"';
  const [command, ...args] = [hands.shop.command, "-p", project, ...up(hands.shop)];
  await hands.act({ run: ["sh", "-c", program, kept, files, command ?? "", ...args], isMeshs: true }, () => {
    mkdirSync(dirname(kept), { recursive: true });
    cpSync(files, kept, { recursive: true });
  });
}

/** The values of a YAML file's documents are changed; merged keys and comments do not survive it. */
function rewrite<Value>(file: string, change: (values: Value[]) => void): void {
  const values = parseAllDocuments(readFileSync(file, "utf8"), { merge: true }).map((one) => one.toJS() as Value);
  change(values);
  // in one piece, because the mesh may look at any moment
  writeFileSync(`${file}.new`, values.map((value) => stringify(value, { aliasDuplicateObjects: false })).join("---\n"));
  renameSync(`${file}.new`, file);
}

function up({ files }: Shop): readonly string[] {
  return ["-f", join(files, "compose.yaml"), "up", "-d"];
}
