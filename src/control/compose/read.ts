// Reads a Compose file into a Project, or says everything that is wrong with it.
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import type { Project, ServiceSpec } from "../../model/project.ts";
import { readDocument } from "../yaml/document.ts";
import { collectProblems } from "../yaml/problems.ts";
import { checkProject } from "./checks.ts";
import { type Environment, projectName, projectVariables } from "./find.ts";
import { interpolate } from "./interpolate.ts";
import type { RawProject, RawService } from "./raw.ts";
import { scope as makeScope, type Scope } from "./scope.ts";
import { readService } from "./service.ts";
import { validateDocument } from "./validate.ts";

export type ReadCompose = { readonly project: Project; readonly warnings: readonly string[] };

/**
 * @param file as the user wrote it, which is how mistakes name it
 * @param environment the user's: for variables, for what services take over, and for COMPOSE_PROJECT_NAME and COMPOSE_PROFILES
 * @throws MeshError compose_invalid whose message has one line `file:line:column: key: what is wrong. fix` per mistake
 */
export function readCompose(file: string, environment: Environment): ReadCompose {
  const path = resolve(file);
  const text = readText(path);
  const directory = dirname(path);
  const problems = collectProblems();
  const lookup = projectVariables(directory, environment, problems);
  const document = readDocument(shownName(file), text, (value) => interpolate(value, lookup), problems);
  const broken = document ? validateDocument(document, problems) : undefined;
  if (!document || !broken || broken.isWhole) {
    problems.throwIfAny("compose_invalid");
    throw new MeshError("compose_invalid", `${shownName(file)} is empty`);
  }
  const scope = makeScope(directory, document, lookup, problems);
  const project = readProject(scope, document.value as unknown as RawProject, broken.services);
  problems.throwIfAny("compose_invalid");
  return { project, warnings: problems.warnings() };
}

/** @param broken services whose shape is wrong and has been complained about */
function readProject(scope: Scope, raw: RawProject, broken: ReadonlySet<string>): Project {
  const profiles = new Set((scope.lookup("COMPOSE_PROFILES") ?? "").split(",").map((name) => name.trim()));
  const isActive = (service: RawService) =>
    profiles.has("*") || !service.profiles?.length || service.profiles.some((name) => profiles.has(name));
  const services: ServiceSpec[] = [];
  const inactive = new Set<string>();
  for (const [name, service] of Object.entries(raw.services)) {
    if (broken.has(name)) continue;
    if (isActive(service)) services.push(readService(scope, name, service));
    else inactive.add(name);
  }
  checkProject(scope, services, { raw, inactive, broken });
  if (services.length === 0 && broken.size === 0) {
    scope.error(["services"], "no service belongs to a chosen profile", "Choose profiles with COMPOSE_PROFILES.");
  }
  const egress = raw["x-meshwise"]?.egress ?? "on";
  return {
    name: projectName(scope.directory, raw.name, scope.lookup),
    directory: scope.directory,
    services,
    egress: { allowed: egress === "on" || egress === true },
  };
}

/** Just the name, for commands that only need to find the project; mistakes elsewhere in the file do not matter. */
export function readProjectName(file: string, environment: Environment): string {
  const path = resolve(file);
  const directory = dirname(path);
  const problems = collectProblems();
  const lookup = projectVariables(directory, environment, problems);
  const document = readDocument(shownName(file), readText(path), (value) => interpolate(value, lookup), problems);
  const raw = document?.value;
  const written = raw && typeof raw === "object" && !Array.isArray(raw) ? raw.name : undefined;
  return projectName(directory, typeof written === "string" ? written : undefined, lookup);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new MeshError("compose_missing", path, { cause: error });
    throw new MeshError("compose_unreadable", `${path}: ${message}`, { cause: error });
  }
}

/** as short as it can be from where the user is */
function shownName(file: string): string {
  const near = relative(process.cwd(), resolve(file));
  return isAbsolute(file) && near.startsWith("..") ? file : near;
}
