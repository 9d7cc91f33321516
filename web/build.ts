// Builds the page into web/dist: `npm run web`, with `--watch` again at each change; `--is-built` only says
// whether the build that is there is of these sources. Prints what a browser loads, as it travels.
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

const WEB = import.meta.dir;
const DIST = join(WEB, "dist");
const SOURCES_FILE = "sources.txt";
const PAGE = /\.(tsx?|css|html|svg|json)$/;

export type BuiltFile = {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** loaded before the first paint, or with it */
  readonly isFirst: boolean;
};

/** Builds, and puts the new build in the place of the old one. */
export async function buildPage(): Promise<BuiltFile[]> {
  const sources = sourcesHash();
  const out = mkdtempSync(join(WEB, ".build-"));
  try {
    const built = await Bun.build({
      entrypoints: [join(WEB, "index.html")],
      outdir: out,
      minify: true,
      splitting: true,
      target: "browser",
      publicPath: "/",
      define: { "process.env.NODE_ENV": '"production"' },
      naming: { entry: "[name].[ext]", chunk: "assets/[name]-[hash].[ext]", asset: "assets/[name]-[hash].[ext]" },
      plugins: [fonts(out)],
    });
    const files = await Promise.all(
      built.outputs.map(async (output) => ({
        name: relative(out, output.path),
        bytes: output.size,
        gzipBytes: Bun.gzipSync(new Uint8Array(await output.arrayBuffer())).length,
      })),
    );
    await compress(out);
    const html = preloadText(join(out, "index.html"), out);
    writeFileSync(join(out, SOURCES_FILE), sources);
    replace(out);
    const first = files.map((file) => ({ ...file, isFirst: file.name === "index.html" || html.includes(file.name) }));
    return [...first, ...fontFiles()];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Once, and not at each request. */
async function compress(out: string): Promise<void> {
  const assets = join(out, "assets");
  for (const name of readdirSync(assets).filter((one) => /\.(js|css|svg)$/.test(one))) {
    const bytes = await Bun.file(join(assets, name)).bytes();
    await Bun.write(join(assets, `${name}.gz`), Bun.gzipSync(bytes, { level: 9 }));
  }
}

/** Fonts stay files: inlined they would hold up the first paint. */
function fonts(out: string): Bun.BunPlugin {
  return {
    name: "fonts",
    setup(build) {
      build.onResolve({ filter: /\.woff2$/ }, async ({ path }) => {
        const bytes = await Bun.file(Bun.resolveSync(path, WEB)).bytes();
        const name = basename(path).replace(".woff2", `-${Bun.hash(bytes).toString(36)}.woff2`);
        await Bun.write(join(out, "assets", name), bytes);
        return { path: `/assets/${name}`, external: true };
      });
    },
  };
}

/** The text's font comes with the first bytes, so that no line moves when it arrives. */
function preloadText(htmlFile: string, out: string): string {
  const inter = readdirSync(join(out, "assets")).find((name) => name.startsWith("inter-latin"));
  const link = `<link rel="preload" href="/assets/${inter}" as="font" type="font/woff2" crossorigin>`;
  const html = readFileSync(htmlFile, "utf8").replace("</title>", `</title>${link}`);
  writeFileSync(htmlFile, html);
  return html;
}

function replace(out: string): void {
  const old = `${out}-old`;
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(out, DIST);
  rmSync(old, { recursive: true, force: true });
}

function fontFiles(): BuiltFile[] {
  const assets = join(DIST, "assets");
  return readdirSync(assets)
    .filter((name) => name.endsWith(".woff2"))
    .map((name) => {
      const bytes = Bun.file(join(assets, name)).size;
      return { name: `assets/${name}`, bytes, gzipBytes: bytes, isFirst: name.startsWith("inter") };
    });
}

/** Of everything that the build reads. Contents, not times: a checkout changes times at will. */
function sourcesHash(): string {
  const hash = new Bun.CryptoHasher("sha256");
  const files = readdirSync(WEB, { recursive: true, encoding: "utf8" }).filter(
    (file) => PAGE.test(file) && !/^(dist|\.build-)/.test(file) && !file.includes(".test."),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(WEB, file)));
  hash.update(readFileSync(join(WEB, "..", "package-lock.json")));
  return hash.digest("hex");
}

function isBuilt(): boolean {
  const file = join(DIST, SOURCES_FILE);
  return existsSync(file) && readFileSync(file, "utf8") === sourcesHash();
}

function report(files: readonly BuiltFile[]): void {
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
  for (const file of files) console.log(`${kB(file.gzipBytes)}  ${file.name}${file.isFirst ? "" : "  (later)"}`);
  const first = files.filter((file) => file.isFirst).reduce((sum, file) => sum + file.gzipBytes, 0);
  console.log(`${kB(first)}  at first paint, gzip`);
}

async function rebuildAtChanges(): Promise<void> {
  report(await buildPage());
  let timer: Timer | undefined;
  watch(WEB, { recursive: true }, (_, file) => {
    if (!file || /^(dist|\.build-)/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => buildPage().then(report, (error) => console.error(String(error))), 100);
  });
}

if (import.meta.main) {
  if (process.argv.includes("--is-built")) process.exit(isBuilt() ? 0 : 1);
  if (process.argv.includes("--watch")) await rebuildAtChanges();
  else report(await buildPage());
}
