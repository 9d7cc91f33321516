// `meshwise funnel` as a user runs it: files and pipes in, the document out, mistakes with their line.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inFolder, meshwise } from "../support/command-line.ts";

const STEPS = "GET /product/{id} > POST /cart > POST /checkout";

/** Ann buys, Bob leaves his cart, Cem only looks. The columns in an order of their own. */
const EVENTS = `event;visitor;browser;time
GET /product/{id};ann;firefox;2030-01-31T12:00:00Z
POST /cart;ann;firefox;2030-01-31T12:00:20Z
POST /checkout;ann;firefox;2030-01-31T12:01:20Z
POST /cart;bob;safari;2030-01-31T13:00:30+01:00
GET /product/{id};bob;safari;2030-01-31T12:00:00
GET /help;bob;safari;2030-01-31T12:00:50
GET /product/{id};cem;safari;1896091200
`;

test("a table of events is counted, and JSON has the whole document", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "events.csv.gz"), gzipSync(`\uFEFF${EVENTS.replaceAll("\n", "\r\n")}`));

    const { code, out } = await meshwise(
      ["funnel", STEPS, "--events", "events.csv.gz", "--by", "browser", "-o", "json"],
      { directory: folder },
    );

    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer.funnel.map((step: { entered: number }) => step.entered)).toEqual([3, 2, 1]);
    expect(answer.funnel[0].medianSeconds).toBe(25);
    expect(answer.dropOff[1].next).toEqual([{ path: ["GET /help"], count: 1, share: 1 }]);
    expect(
      answer.segments.values.map(({ value, reached }: { value: string; reached: number[] }) => [value, reached]),
    ).toEqual([
      ["safari", [2, 1, 0]],
      ["firefox", [1, 1, 1]],
    ]);
    expect(answer.verdict).toContain("1 of 3 visitors (33.3 %) came through");
  });
});

test("of an activity that starts and completes, XES counts the completion", async () => {
  const event = (name: string, time: string, transition: string) =>
    `<event><string key="concept:name" value="${name}"/><date key="time:timestamp" value="2030-01-31T${time}Z"/>
    <string key="lifecycle:transition" value="${transition}"/></event>`;
  const log = `<log><trace>${event("Registration", "12:00:00", "start")}${event("Registration", "12:10:00", "complete")}
    ${event("Triage", "12:20:00", "schedule")}</trace></log>`;
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "log.xes"), log);

    const { out } = await meshwise(["funnel", "Registration > Triage", "--events", "log.xes", "-o", "json"], {
      directory: folder,
    });

    const { funnel, counts } = JSON.parse(out);
    expect(counts.events).toBe(2);
    expect(funnel[0]).toMatchObject({ entered: 1, continued: 1, medianSeconds: 600 });
  });
});

test.each([
  [["funnel", "A > B"], 1, "There is no Compose file"],
  [["funnel", "--events", "e.csv"], 2, "needs its steps when it is of a file"],
  [["funnel", "A", "--events", "e.csv"], 2, "needs two steps"],
  [["funnel", "A > B", "--events", "nowhere.csv"], 1, "nowhere.csv"],
  [["funnel", "A > B", "--events", "e.csv"], 1, 'e.csv:3 has the time "late", which is none'],
  [["funnel", "A > B", "--events", "e.csv", "--exclude", "x@1-3"], 2, "follow each other"],
])("%j ends with %p", async (args, exit, says) => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "e.csv"), "time,visitor,event\n0,1,A\nlate,1,B\n");

    const { code, err } = await meshwise(args, { directory: folder });

    expect(err).toContain(says);
    expect(code).toBe(exit);
  });
});

test("journeys names the goal and a funnel that funnel takes as it is", async () => {
  const visit = (visitor: number, events: readonly string[]) =>
    events.map((event, at) => `${visitor * 100 + at * 10},${visitor},${event}`);
  const rows = Array.from({ length: 200 }, (_, visitor) =>
    visit(visitor, ["GET /item/{id}", "POST /cart", "POST /order"].slice(0, 1 + (visitor % 3))),
  );
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "e.csv"), ["time,visitor,event", ...rows.flat()].join("\n"));

    const { out } = await meshwise(["journeys", "--events", "e.csv", "-o", "json"], { directory: folder });

    const { goals, funnels } = JSON.parse(out);
    expect(goals[0]).toMatchObject({ event: "POST /order", cases: 66 });
    const steps = funnels[0].steps.join(" > ");
    const again = await meshwise(["funnel", steps, "--events", "e.csv", "-o", "json"], { directory: folder });
    expect(JSON.parse(again.out).overall).toMatchObject({ entered: 200, converted: 66 });
  });
});

test("why names what those met who left", async () => {
  const rows = Array.from({ length: 600 }, (_, visitor) => {
    const [status, version] = visitor % 5 === 0 ? [503, "v2"] : [200, "v1"];
    return `${visitor},${visitor},cart,200,20,v1\n${visitor + 9},${visitor},pay,${status},30,${version}`;
  });
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "e.csv"), ["time,visitor,event,status,latency_ms,version", ...rows].join("\n"));

    const { code, out } = await meshwise(["funnel", "why", "cart > pay", "--events", "e.csv"], { directory: folder });

    expect(code).toBe(0);
    expect(out).toContain(
      "120 of 600 are lost after cart: 120 of them (100 %) because of status 503 at pay, version = v2",
    );
  });
});
