// Feeds a style's traffic to the learner and compares the routes it tells with the labels.
import { seededRandom } from "../../src/base/random.ts";
import { METHODS } from "../../src/model/span.ts";
import { routeBook } from "../../src/observatory/routes/book.ts";
import { isProof } from "../../src/observatory/routes/proof.ts";
import type { Style } from "./style.ts";

export type Verdict = {
  /** of the routes there are at the end, those that are a label's */
  readonly precision: number;
  /** of the labels, those that are a route at the end */
  readonly recall: number;
  /** of the requests, those that are counted under their label in the end, and under the name they had when they came */
  readonly right: number;
  readonly rightAtOnce: number;
  readonly routes: number;
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
};

const NOISE = ["/wp-login.php", "/.env", "/phpmyadmin/index.php", "/cgi-bin/test.cgi", "/admin/config.php"];

/** @param noise share of requests that ask for what is not there */
export function judge(style: Style, requests: number, { seed = 1, noise = 0.05, book = routeBook() } = {}): Verdict {
  const random = seededRandom(seed);
  const seen: { readonly label: string; readonly atOnce: string }[] = [];
  const labels = style.routes.flatMap(({ label, weight }) => Array<string>(weight).fill(label));
  for (let n = 0; n < requests; n++) {
    if (random.unit() < noise) {
      const tried = `${NOISE[random.u32() % NOISE.length]}${random.u32() % 3 === 0 ? random.u32() : ""}`;
      book.find("", style.name, METHODS.indexOf("GET"), tried, isProof(404, 0));
      continue;
    }
    const label = labels[Math.floor(random.unit() * labels.length)] as string;
    const [method = "", template = ""] = label.split(" ");
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => style.pools[name]?.(random) ?? name);
    // one in ten of things by their id is not there
    const status = template.includes("{") && random.unit() < 0.1 ? 404 : 200;
    const id = book.find("", style.name, (METHODS as readonly string[]).indexOf(method), path, isProof(status, 0));
    seen.push({ label: plain(label), atOnce: book.nameOf(id) });
  }
  const today = (name: string) => plain(book.today("", style.name, name));
  const wanted = new Set(style.routes.map(({ label }) => plain(label)));
  const told = new Set(
    book
      .all()
      .filter(({ folded }) => !folded)
      .map(({ name }) => plain(name)),
  );
  const share = (is: (one: (typeof seen)[number]) => boolean) => seen.filter(is).length / seen.length;
  return {
    precision: [...told].filter((name) => wanted.has(name)).length / told.size,
    recall: [...wanted].filter((label) => told.has(label)).length / wanted.size,
    right: share(({ label, atOnce }) => today(atOnce) === label),
    rightAtOnce: share(({ label, atOnce }) => plain(atOnce) === label),
    routes: told.size,
    wrong: [...told].filter((name) => !wanted.has(name)),
    missed: [...wanted].filter((label) => !told.has(label)),
  };
}

/** What a variable is called does not matter. */
function plain(name: string): string {
  return name.replace(/\{(?!other\})\w+\}/g, "{}");
}
