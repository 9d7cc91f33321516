// What a change of one of 1,000 routes costs control: read it, compile all of them, ms. `bun bench/micro/compile-routes.ts`
import { compile } from "../../src/control/compile.ts";
import { compiled, httpRoute, shop } from "../../src/control/gateway/objects.fixture.ts";
import { objectReader } from "../../src/control/gateway/read.ts";

const ROUTES = 1000;
const ROUNDS = 15;

const text = Array.from({ length: ROUTES }, (_, index) =>
  httpRoute(
    `parentRefs: [{group: "", kind: Service, name: cart, port: 8080}]
rules:
- matches: [{path: {value: /a${index}}, headers: [{name: x-group, value: beta}]}]
  backendRefs: [{name: cart, port: 80, weight: 9}, {name: cart-v2, port: 80}]`,
    `route-${index}`,
  ),
).join("");
const { objects, allocation } = compiled(text);
const project = shop();
const reader = objectReader();

/** CPU time, because the machine has other things to do as well; the best of several rounds */
function best(run: (round: number) => void): number {
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const began = process.cpuUsage();
    run(round);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

const figures = {
  "read again, one changed": best((round) => {
    reader.read([{ name: "a.yaml", text: text.replace("/a500", `/b${round}`), origin: "file" }], project.name);
  }),
  compile: best(() => compile(project, objects, allocation, 1e6)),
};
for (const [name, ms] of Object.entries(figures)) console.log(`${name.padEnd(24)} ${ms.toFixed(1)} ms`);
if (figures.compile > 50) process.exitCode = 1;
