// `meshwise delete`: removes objects that were applied.
import type { Command } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import { tell } from "../apply.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { objectTexts } from "../object-texts.ts";
import { projectOf, projectOptions } from "../options.ts";
import { runningProject } from "../project.ts";
import { kindNamed } from "./get-kinds.ts";

type Options = { readonly filename?: readonly string[] };

export const deletion: Register = (program, act) => {
  const command = projectOptions(
    program.command("delete").argument("[kind/name...]", "such as httproute/cart"),
    "--file <path>",
  ).option("-f, --filename <path...>", "the objects of a file, of a folder of *.yaml files, or of standard input (-)");
  manual(command, {
    summary: "Remove routes, gateways and policies that were applied",
    more: "Those in meshwise.yaml and meshwise/*.yaml are removed there.",
    examples: {
      "meshwise delete httproute/cart": "by kind and name",
      "meshwise delete -f canary.yaml": "what was applied from a file",
    },
    seeAlso: "delete = remove objects; get = see them; down = stop the project.",
  });
  command.action(
    act(async (context: Context, names: readonly string[], options: Options, self: Command) => {
      const keys = [...names.map(keyOf), ...(await keysIn(context, options.filename ?? []))];
      if (keys.length === 0) throw new MeshError("objects_none", "neither a name nor a file with objects was given");
      const { client } = await runningProject(context, projectOf(self));
      await tell(context, client.deleteObjects({ keys }));
      return 0;
    }),
  );
};

function keyOf(name: string): string {
  const [kind = "", ...rest] = name.split("/");
  const known = kindNamed(kind);
  if (!known || rest.length !== 1)
    throw new MeshError("object_not_found", `${name} (write kind/name, such as httproute/cart)`);
  return `${known.toLowerCase()}/${rest[0]}`;
}

/** Only kind and name count; whatever else is in the file may be wrong by now. */
async function keysIn(context: Context, files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const { parseAllDocuments } = await import("yaml");
  const texts = await objectTexts(context, files);
  return texts.flatMap(({ text }) => {
    const documents = parseAllDocuments(text);
    return (Array.isArray(documents) ? documents : []).flatMap((document) => {
      const kind = kindNamed(String(document.get("kind") ?? ""));
      const name = document.getIn(["metadata", "name"]);
      return kind && typeof name === "string" ? [`${kind.toLowerCase()}/${name}`] : [];
    });
  });
}
