// `npm run zero`, briefly: what it does is told in test/zero/README.md.
import { expect, test } from "bun:test";
import { KINDS } from "../zero/events.ts";
import { run } from "../zero/run.ts";
import { isSound, table } from "../zero/tally.ts";

test("no request fails while replicas, workers, agents, routes and policies come and go under load", async () => {
  const said: string[] = [];
  const kinds = KINDS.filter(({ isForInformation }) => !isForInformation);

  const row = await run(kinds, { events: 2, rate: 200, say: (text) => said.push(text) });

  if (!isSound(row)) console.error([...said, ...table([row])].join("\n"));
  expect(row).toMatchObject({
    repeated: 2 * kinds.length,
    failedByApp: 0,
    failedByMesh: 0,
    twice: 0,
    never: 0,
    trouble: [],
  });
  expect(row.requests).toBeGreaterThan(1000);
}, 180_000);
