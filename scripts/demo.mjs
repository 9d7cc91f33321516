// `npm run demo`: a shop under the mesh with shoppers in it, until Ctrl-C. It says where to look and what to break.
// `npm run demo -- --smoke` does the same without a person: one line of result, exit code 0 or 1.
import { parseArgs } from "node:util";
import { showProgress } from "./demo/progress.mjs";
import { lines, startShop } from "./demo/shop.mjs";
import { smoke } from "./demo/smoke.mjs";
import { findProgram, setupOrExit } from "./setup.mjs";

const USAGE = `npm run demo [-- --rate 5] [-- --seed 1]   a shop under the mesh, with so many new visitors a second, until Ctrl-C
npm run demo -- --smoke                    the same without a person: one line of result, exit code 0 or 1`;
const say = (line) => process.stderr.write(`${line}\n`);
const flags = readFlags();

setupOrExit({ storage: true });

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

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        smoke: { type: "boolean", default: false },
        rate: { type: "string", default: "5" },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!values.help) return values;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    say(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

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
  let progress;
  const on = {
    services: (replicas) => {
      progress = showProgress(
        process.stderr,
        Object.values(replicas).reduce((sum, count) => sum + count, 0),
      );
    },
    ready: (id) => progress?.ready(id),
    say: (line) => (progress ?? { say }).say(line),
  };
  const { rate, seed } = flags;
  say("starting the shop");
  try {
    shop = await startShop({ project: "shop", shoppers: { rate, seed }, on, signal: stopping.signal });
  } catch (error) {
    progress?.close();
    if (stopping.signal.aborted) return;
    say(`demo: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  progress.close();
  console.log(whatNow(shop));
  lines(shop.shoppers.process.stdout, (line) => console.log(line));
  shop.shoppers.process.stderr.pipe(process.stderr);

  const how = await Promise.race([aborted(stopping.signal), shop.up.exited]);
  if (how !== undefined) {
    say(`demo: the mesh ended by itself (${how})`);
    process.exitCode = 1;
  } else say("\nstopping …");
  await shop.stop();
}

function whatNow({ url, map, faults, files }) {
  const state = process.env.MESHWISE_STATE_DIR ? `MESHWISE_STATE_DIR=${process.env.MESHWISE_STATE_DIR} ` : "";
  const tell = findProgram("curl")
    ? `curl -sX PUT http://payment:8080/bank -d '{"ms":1500}'`
    : `node -e 'fetch("http://payment:8080/bank", {method: "PUT", body: "{\\"ms\\":1500}"})'`;
  return `The shop         ${url}
The map          ${map}
Its files        ${files}
Break something  ${state}bin/meshwise -p shop run -- ${tell}
                 (from another terminal: the bank becomes slow; null instead of 1500 heals it; Ctrl-C here ends the demo)
More to break    ${faults}  or  bin/meshwise demo fault --list`;
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}
