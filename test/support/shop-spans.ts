// Shoppers as spans: what an observatory is told of a shop whose visitors look, fill a cart and pay.
import { type Random, seededRandom } from "../../src/base/random.ts";
import { FLAG, type Span } from "../../src/model/span.ts";
import { BROWSERS, CONTENTS, MODES, STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../src/model/visit.ts";
import type { Opened } from "./open-observatory.ts";
import { batchOf, sample, span } from "./telemetry.ts";

const [GET, POST] = [1, 3];
export const STEPS = "GET /product/{id} > POST /cart > POST /checkout";
export const MINUTES = 30;
export const A_MINUTE = 40;

let ids = 1;

type Page = { readonly method: number; readonly path: string; readonly atS: number; readonly status?: number };

function shoppers(random: Random, number: number, failing: number, startUs: number): Span[] {
  const visit = (browser: string) =>
    (STRENGTHS.indexOf("cookie") << VISIT_FIELD.strength[0]) |
    (MODES.indexOf("navigate") << VISIT_FIELD.mode[0]) |
    (CONTENTS.indexOf("page") << VISIT_FIELD.content[0]) |
    (BROWSERS.indexOf(browser as (typeof BROWSERS)[number]) << VISIT_FIELD.browser[0]) |
    VISIT_FLAG.cookies;
  return Array.from({ length: number }, () => {
    const who = ids++;
    const isMobile = random.unit() < 0.4;
    const bits = visit(isMobile ? "safari" : "firefox") | (isMobile ? VISIT_FLAG.mobile : 0);
    const pages: Page[] = [{ method: GET, path: `/product/${1 + (random.u32() % 60)}`, atS: 0 }];
    const buys = random.unit() < 0.5;
    const isRefused = random.unit() < failing;
    if (buys) pages.push({ method: POST, path: "/cart", atS: 3 + 5 * random.unit(), status: 303 });
    if (buys && random.unit() < 0.8) {
      pages.push({ method: POST, path: "/checkout", atS: 15 + 9 * random.unit(), status: isRefused ? 402 : 303 });
    }
    return pages.flatMap(({ method, path, atS, status = 200 }) => {
      const own = { client0: ids++, client1: 1, server0: ids++, server1: 2 };
      const end = 30_000 + Math.floor(20_000 * random.unit());
      const one = span({
        ...{
          startUs: startUs + atS * 1e6,
          end,
          firstByte: end - 1_000,
          source: 0,
          service: 1,
          workload: 11,
          authority: "",
        },
        ...{ flags: FLAG.published, method, path, status, visitor0: who, visitor1: 1, visit: bits, ...own },
      });
      if (path !== "/checkout") return [one];
      const charge = span({
        ...{
          startUs: one.startUs + 2_000,
          end: end - 5_000,
          source: 11,
          service: 3,
          workload: 13,
          path: "/charge",
          method,
        },
        ...{ status: status === 402 ? 402 : 200, flags: FLAG.continued, parent0: own.client0, parent1: own.client1 },
        ...{ client0: ids++, client1: 3, server0: ids++, server1: 4 },
      });
      return [charge, one];
    });
  }).flat();
}

let sequence = 0;

type Site = Pick<Opened, "observatory" | "clock">;

/** A minute of it. @param failing share of the purchases that pay refuses */
export function shopMinute({ observatory, clock }: Site, random: Random, failing: number): void {
  clock.advance(60_000);
  const nowUs = clock.nowUs();
  observatory.intake.sample(sample({ atUs: nowUs }));
  const spans = shoppers(random, A_MINUTE, failing, nowUs - 40e6);
  observatory.intake.spans(batchOf(spans, ++sequence) as Uint8Array<ArrayBuffer>);
}

/** Half an hour of it. */
export function shop(site: Site, failing: number): void {
  const random = seededRandom(3);
  for (let minute = 0; minute < MINUTES; minute++) shopMinute(site, random, failing);
  site.clock.advance(20_000);
}
