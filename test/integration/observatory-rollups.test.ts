// Rollups become coarser with age, while exchanges come in: figures stay what a brute-force count says.
import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import type { Span } from "../../src/model/span.ts";
import { signals } from "../../src/model/tally.ts";
import { destinationOf, differences, edgeOf, groups } from "../support/brute-force.ts";
import { HOUR_US, inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, randomSpans } from "../support/telemetry.ts";

async function expectAll({ observatory, clock }: Opened, fromUs: number, spans: readonly Span[]): Promise<void> {
  const found = await observatory.queries.mesh({ fromUs, toUs: clock.nowUs() });
  const within = spans.filter(({ startUs, end }) => startUs + end >= found.window.fromUs);
  const byEdge = groups(within, edgeOf);
  expect(found.rows).toHaveLength(byEdge.size);
  for (const { all, ...row } of found.rows) {
    const name = [row.source, row.destination, row.port, row.protocol].join(" ");
    expect(differences(signals(all, 1), byEdge.get(name) ?? [])).toEqual([]);
  }
}

/** In turn with the writer: waits for it. */
const written = ({ observatory }: Opened) => observatory.queries.tap({ error: "none" }, 1);

test("over four days, with late comers and a restart, nothing is lost or counted twice", async () => {
  await inObservatory(
    async (first) => {
      let opened = first;
      const { clock } = first;
      const beganUs = clock.nowUs();
      const sent: Span[] = [];
      const send = (spans: readonly Span[], sequence: number) => {
        opened.observatory.intake.spans(batchOf(spans, sequence));
        sent.push(...spans);
      };
      for (let hour = 0; hour < 96; hour++) {
        clock.advance(HOUR_US / 1000);
        const random = seededRandom(hour + 1);
        send(randomSpans(30, clock.nowUs() - HOUR_US, clock.nowUs(), random), hour);
        // late: an hour, a day, more than three days
        const lateUs = clock.nowUs() - ([1, 24, 80][hour % 3] as number) * HOUR_US - 600e6;
        if (lateUs > beganUs) send(randomSpans(4, lateUs, lateUs + 10e6, random), 1_000 + hour);
        await written(opened);
        if (hour === 50) opened = await opened.again();
      }

      await expectAll(opened, beganUs, sent);
      await expectAll(opened, clock.nowUs() - 80 * HOUR_US, sent);
      await expectAll(opened, clock.nowUs() - 30 * HOUR_US - 1e6, sent);
      await expectAll(opened, clock.nowUs() - 2 * HOUR_US, sent);
      const again = await opened.again();
      await expectAll(again, beganUs, sent);

      const asked = { fromUs: beganUs, toUs: clock.nowUs() };
      const { rows, stepSeconds } = await again.observatory.queries.series({ service: "cart" }, asked);
      expect(stepSeconds).toBe(3600);
      for (const row of rows.slice(1)) {
        const within = sent.filter((span) => {
          const endUs = span.startUs + span.end;
          return destinationOf(span) === "cart" && endUs >= row.startUs && endUs < row.startUs + 3600e6;
        });
        expect(differences(row, within)).toEqual([]);
      }

      // what is too old for fine figures is answered by whole hours
      const aMinute = { fromUs: beganUs + 5 * HOUR_US, toUs: beganUs + 5 * HOUR_US + 60e6 };
      const { window } = await again.observatory.queries.mesh(aMinute);
      expect((window.toUs - window.fromUs) % HOUR_US).toBe(0);
      expect(window.fromUs).toBeLessThanOrEqual(aMinute.fromUs);
      expect(window.toUs).toBeGreaterThanOrEqual(aMinute.toUs);
    },
    { rollupsUs: 30 * 24 * HOUR_US },
  );
}, 120_000);
