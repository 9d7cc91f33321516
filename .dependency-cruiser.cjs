// The layer table of ARCHITECTURE.md: a folder may import only from the folders named here.
const layers = {
  base: [],
  sys: ["base"],
  protocol: ["base"],
  model: ["base", "protocol"],
  proxy: ["base", "sys", "protocol", "model"],
  agent: ["base", "sys", "protocol", "model"],
  platform: ["base", "sys", "protocol", "model"],
  control: ["base", "sys", "protocol", "model"],
  observatory: ["base", "sys", "protocol", "model"],
  analysis: ["base", "model"],
  api: ["base", "model", "observatory", "control", "analysis"],
  cli: ["base", "sys", "protocol", "model", "api", "control", "observatory", "analysis"],
  main: ["base", "sys", "protocol", "model", "proxy", "agent", "platform", "control", "observatory", "analysis", "api"],
};

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "services-know-nothing-of-us",
      comment: "a service of the demo has no line about the mesh",
      severity: "error",
      from: { path: "^demo/", pathNot: "^demo/faults/" },
      to: { path: "^src/" },
    },
    {
      name: "faults-know-clock-and-random-alone",
      comment: "who makes the faults must not know how their causes are found",
      severity: "error",
      from: { path: "^demo/faults/" },
      to: { path: "^src/", pathNot: "^src/base/(clock|clock.manual|random)\\.ts$" },
    },
    {
      name: "web-knows-the-api-alone",
      comment: "the page sees the product through the types of its API",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^src/", pathNot: "^src/api/types\\.ts$" },
    },
    {
      name: "web-is-asked-by-nobody",
      severity: "error",
      from: { path: "^(src|demo)/" },
      to: { path: "^web/" },
    },
    {
      name: "the-store-by-its-interface",
      comment: "another engine must be able to take the place of this one",
      severity: "error",
      from: { path: "^src/observatory/[^/]+/", pathNot: "^src/observatory/(store|sql)/" },
      to: { path: "^src/observatory/store/", pathNot: "^src/observatory/store/(store|spool)\\.ts$" },
    },
    {
      name: "duckdb-in-the-store-alone",
      severity: "error",
      from: { path: "^(src|demo|web)/", pathNot: "^src/observatory/(store|sql)/" },
      to: { path: "^node_modules/@duckdb/" },
    },
    ...Object.entries(layers).map(([layer, below]) => ({
      name: `layer-${layer}`,
      severity: "error",
      from: { path: `^src/${layer}/` },
      to: { path: "^src/", pathNot: `^src/(${[layer, ...below].join("|")})/` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    parser: "swc",
    exclude: { path: "^node_modules/(?!@duckdb/)" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js", ".cjs", ".mjs"] },
  },
};
