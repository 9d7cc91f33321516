import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inObservatory, type Opened } from "../../../test/support/open-observatory.ts";
import { batchOf, span } from "../../../test/support/telemetry.ts";

const logged = (maxBytes: number, use: (opened: Opened, path: string) => Promise<void>) => {
  const pathIn = (directory: string) => join(directory, "sub", "access.log");
  return inObservatory(
    (opened) => use(opened, pathIn(opened.directory)),
    {},
    (directory) => ({ accessLog: { path: pathIn(directory), maxBytes } }),
  );
};

let sequence = 0;
function exchange({ observatory, clock }: Opened, count: number) {
  const startUs = clock.nowUs() - 50_000;
  const spans = Array.from({ length: count }, (_, at) =>
    span({ startUs: startUs + at, path: `/items/${at}`, client1: at }),
  );
  observatory.intake.spans(batchOf(spans, sequence++));
  clock.advance(20_000);
}
const linesIn = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

test("each exchange is a line, as tap shows it", () =>
  logged(1 << 20, async (opened, path) => {
    mkdirSync(dirname(path));
    exchange(opened, 3);

    const { rows } = await opened.observatory.queries.tap({}, 10);
    const shown = rows.map(({ ordinal: _, startUs, ...rest }) => ({
      ...rest,
      time: expect.stringMatching(/\.9\d{5}Z$/),
    }));
    expect(linesIn(path).map((line) => JSON.parse(line))).toEqual(shown);
  }));

test("a full file is moved away, and at most five older ones are kept", () =>
  logged(2_000, async (opened, path) => {
    mkdirSync(dirname(path));

    for (let i = 0; i < 9; i++) exchange(opened, 2);

    expect(linesIn(path)).toHaveLength(2);
    expect([1, 2, 3, 4, 5, 6].map((older) => existsSync(`${path}.${older}`))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  }));

test("a place that cannot be written is told once, and what is missing when it can", () =>
  logged(1 << 20, async (opened, path) => {
    exchange(opened, 2);
    exchange(opened, 2);
    expect(opened.said.filter((text) => text.includes("access log"))).toEqual([
      expect.stringContaining("cannot be written"),
    ]);

    mkdirSync(dirname(path));
    exchange(opened, 1);

    expect(linesIn(path)).toHaveLength(1);
    expect(opened.said.at(-1)).toContain("4 lines are missing");
  }));
