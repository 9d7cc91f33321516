// A process that shares a page with others, for page.test.ts: waits for a byte, then takes as much as it gets, and says how
// much that was. Arguments: file, workers, index, what to do.
import { HELD } from "../../src/model/page/held.ts";
import { trafficPage } from "../../src/model/page/page.ts";

const [file = "", workers, index, job] = process.argv.slice(2);
const page = trafficPage(Bun.mmap(file, { shared: true }), Number(workers), Number(index));
const TRIES = 20_000;

process.stdout.write("ready\n");
for await (const _ of process.stdin) break;

let got = 0;
let most = 0;
switch (job) {
  case "rate":
    // time stands still for all: exactly the burst may pass
    for (let i = 0; i < TRIES; i++)
      if (page.rates.take(4711, { intervalMs: 1_000, burst: 5_000 }, 1_000)?.isAllowed) got++;
    break;
  case "budget":
    for (let i = 0; i < TRIES; i++) {
      page.budgets.request(3, 5_000);
      if (page.budgets.withdraw(3, 5_000, 0.2, 10)) got++;
    }
    break;
  case "held":
    for (let i = 0; i < TRIES; i++) {
      if (!page.held.take(3, HELD.requests, 2)) continue;
      got++;
      most = Math.max(most, page.held.total(3, HELD.requests));
      page.held.give(3, HELD.requests);
    }
    break;
  case "failures":
    for (let i = 0; i < TRIES; i++) page.verdicts.failed(7);
    got = TRIES;
    break;
  case "claim":
    for (let i = 1; i <= 1_000; i++) got += page.endpoints.claim(Math.imul(i, 0x9e3779b1), 1_000);
    break;
  case "hold":
    for (let i = 0; i < 50; i++) if (page.held.take(5, HELD.connections, 1_000)) got++;
    process.stdout.write(`${JSON.stringify({ got, most })}\n`);
    await new Promise(() => {});
}
process.stdout.write(`${JSON.stringify({ got, most })}\n`);
