// `npm run demo`: a small shop under the mesh, shoppers in it, and the figures of the mesh until Ctrl-C.
// `npm run demo -- --smoke` does the same without a person: one line of result, exit code 0 or 1.
import { parseArgs } from "node:util";
import { showFigures } from "./demo/screen.mjs";
import { lines, startShop } from "./demo/shop.mjs";
import { smoke } from "./demo/smoke.mjs";
import { setupOrExit } from "./setup.mjs";

const { values: flags } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    rate: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);

setupOrExit();

const stopping = new AbortController();
let shop;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (stopping.signal.aborted) void shop?.stop({ atOnce: true });
    stopping.abort();
  });
}
// npm may be killed without a chance to tell us; package.json says `exec`, so npm and no shell is our parent
const parent = process.ppid;
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && stopping.abort(), 500).unref();

if (flags.smoke) await runSmoke();
else await runDemo();
process.exit();

async function runSmoke() {
  const told = [];
  try {
    console.log(`smoke ok ${await smoke({ say: (line) => told.push(line), signal: stopping.signal })}`);
  } catch (error) {
    for (const line of told) say(line);
    console.log(`smoke failed: ${error.message.replaceAll("\n", " ")}`);
    process.exitCode = 1;
  }
}

async function runDemo() {
  try {
    shop = await startShop({ project: "shop", shoppers: flags, say, signal: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) {
      say(`demo: ${error.message}`);
      process.exitCode = 1;
    }
    return;
  }
  const screen = showFigures(shop, [
    `The shop: ${shop.url}    Ctrl-C ends it.`,
    "In another terminal: bin/meshwise -p shop tap -f, or ps, or run -- curl -si http://cart:8080/carts/me",
  ]);
  lines(shop.shoppers.process.stdout, say);
  shop.shoppers.process.stderr.pipe(process.stderr);

  const how = await Promise.race([aborted(stopping.signal), shop.up.exited]);
  screen.close();
  if (how !== undefined) {
    say(`demo: the mesh ended by itself (${how})`);
    process.exitCode = 1;
  } else say("\nstopping …");
  await shop.stop();
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}
