// How well routes are learned, by style of API, and what it costs: on made traffic whose routes are known.
import { routeBook } from "../../src/observatory/routes/book.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite } from "../suite.ts";
import { GOALS, type Goal } from "./goals.ts";
import { HELD_OUT, UNSEEN } from "./held-out.ts";
import { judge } from "./judge.ts";
import type { Style } from "./style.ts";
import { STYLES } from "./styles.ts";

const FEW = 1_000;
const MANY = 20_000;

/** @param met the learner was made or mended on it; what it never met has no goal, for one would be aimed at */
function section(style: Style, met: "made on" | "mended on" | "never met"): Section {
  const goal = GOALS[style.name] as Goal | undefined;
  const told = (name: string, value: number, least: number | undefined): Figure =>
    least === undefined
      ? information(name, value, "share")
      : atLeast(name, value, "share", { goal: least, stretch: 1 });
  return {
    name: style.name.replaceAll(" ", "-"),
    about: `${style.routes.length} routes, as of ${style.name}, ${met}`,
    async run({ say }) {
      const [few, many] = [judge(style, FEW), judge(style, MANY)];
      for (const name of many.wrong) say(`no route of it: ${name}`);
      for (const name of many.missed) say(`not found: ${name}`);
      return [
        told("routes told that are right", many.precision, goal?.precision),
        told("routes found", many.recall, goal?.recall),
        told("requests under their route", many.right, goal?.right),
        information("requests under their route when they came", many.rightAtOnce, "share"),
        information(`of the first ${FEW}: routes told that are right`, few.precision, "share"),
        information(`of the first ${FEW}: routes found`, few.recall, "share"),
        information(`of the first ${FEW}: requests under their route`, few.right, "share"),
      ].map((figure) => ({ ...figure, name: `${style.name} (${met}): ${figure.name}` }));
    },
  };
}

/** Paths by number, all different but for `few`. */
const LOADS: readonly { readonly name: string; readonly most: number; readonly path: (n: number) => string }[] = [
  { name: "few paths", most: 1, path: (n) => `/cart/${n % 200}/items/${n % 5}` },
  { name: "paths with numbers", most: 6, path: (n) => `/cart/${n}/items/${n * 7}` },
  {
    name: "a scanner that gets 200 for every word",
    most: 12,
    path: (n) => `/${word(n)}/${word(n + 7)}/${word(n + 13)}`,
  },
];

const cost: Section = {
  name: "cost",
  about: "CPU time and routes per request",
  async run({ isQuick }) {
    const requests = isQuick ? 50_000 : 200_000;
    const figures: Figure[] = [];
    for (const { name, most, path } of LOADS) {
      const book = routeBook();
      const paths = Array.from({ length: requests }, (_, n) => path(n));
      const before = process.cpuUsage();
      for (const one of paths) book.find("", "front", 1, one, true);
      const { user, system } = process.cpuUsage(before);
      figures.push(atMost(`CPU time: ${name}`, (user + system) / requests, "µs", { goal: most }));
      figures.push(atMost(`routes: ${name}`, book.all().filter(({ folded }) => !folded).length, "", { goal: 200 }));
    }
    return figures;
  },
};

function word(n: number): string {
  return (n * 7919 + 1e6).toString(26).replace(/\d/g, (digit) => "klmnopqrst"[Number(digit)] as string);
}

export const routes: Suite = {
  name: "routes",
  about:
    "routes learned from paths, against labelled paths of thirteen styles of API, six of which the learner was not made on",
  sections: [
    ...STYLES.map((style) => section(style, "made on")),
    ...HELD_OUT.map((style) => section(style, "mended on")),
    ...UNSEEN.map((style) => section(style, "never met")),
    cost,
  ],
};
