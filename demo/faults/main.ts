// The injector of the demo (`serve`), and the one who speaks to it (`meshwise demo fault`).
import { parseArgs } from "node:util";
import { faultCommand } from "./command.ts";
import { serve } from "./server.ts";

if (process.argv[2] === "serve") {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      project: { type: "string" },
      files: { type: "string" },
      data: { type: "string" },
      url: { type: "string" },
    },
  });
  const { project = "shop", files = "", data = "", url = "" } = values;
  console.log(await serve({ project, files, data, url }));
} else {
  process.exitCode = await faultCommand(process.argv.slice(2));
}
