// Preloaded into a program: tells on stderr, when it ends, which packages it has loaded.
const packages = new Set<string>();

Bun.plugin({
  name: "loaded",
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
      packages.add(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path);
      return { contents: await Bun.file(path).text(), loader: "js" };
    });
  },
});
process.on("exit", () => process.stderr.write(`loaded: ${[...packages].sort().join(" ")}\n`));
