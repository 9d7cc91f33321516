// New versions of the shop's services, each with a mistake that people make. What differs from services/ is in versions/*.diff.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ComposeService, Edit, Release } from "./means/deploy.ts";

export type Version = Release & {
  /** the mistake, for the one who wants to know */
  readonly what: string;
};

type Drawn = Readonly<Record<string, string | number>>;

/** The version whose code differs by `<diff>.diff`, in which `{{name}}` stands for what was drawn. */
export function version(
  service: string,
  number: string,
  diff: string,
  what: string,
  drawn: Drawn = {},
  change?: (service: ComposeService) => void,
): Version {
  const text = readFileSync(join(import.meta.dir, "versions", `${diff}.diff`), "utf8");
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(drawn[name]));
  const edits = editsOf(filled);
  const rename = SHARED.find(({ services }) => services.includes(service));
  return {
    service,
    version: number,
    what: `${service} ${number} ${what}`,
    edits,
    ...(rename && { rename }),
    ...(change && { change }),
  };
}

/** code that two services run */
const SHARED: readonly { services: readonly string[]; from: string; to: string }[] = [
  { services: ["recommendations", "recommendations-next"], from: "recommendations", to: "recommendations_new" },
];

/**
 * A diff without line numbers, so that it need not be written anew whenever a file grows: `--- file` names the file, `@@` begins
 * a place in it (the rest of that line is for the reader), and what stands there must stand there once.
 */
export function editsOf(diff: string): Edit[] {
  return diff
    .split(/^--- /m)
    .slice(1)
    .flatMap((part) => {
      const [file = "", ...places] = part.split(/^@@.*\n/m);
      return places.map((place) => {
        const lines = place.replace(/\n$/, "").split("\n");
        const side = (other: "-" | "+") => lines.filter((line) => line[0] !== other).map((line) => line.slice(1));
        return { file: file.trim(), from: side("+").join("\n"), to: side("-").join("\n") };
      });
    });
}
