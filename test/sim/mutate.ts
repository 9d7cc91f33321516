// Preloaded into a run of mutations.ts: plants the mistake of SIM_MUTATION while its file is loaded.
import { readFileSync } from "node:fs";

const { name, file, from, to } = JSON.parse(process.env.SIM_MUTATION ?? "{}");

Bun.plugin({
  name: "mutation",
  setup(build) {
    build.onLoad({ filter: new RegExp(`/src/${file}$`) }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (text.split(from).length !== 2) throw new Error(`"${name}": its text is not there exactly once in ${file}`);
      return { contents: text.replace(from, () => to), loader: "ts" };
    });
  },
});
