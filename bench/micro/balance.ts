// What picking an endpoint costs, ns, for few and for many. `bun bench/micro/balance.ts`
import { seededRandom } from "../../src/base/random.ts";
import { hashOf } from "../../src/proxy/balance/hash.ts";
import { observe } from "../../src/proxy/balance/load.ts";
import { ask as newAsk, picker } from "../../src/proxy/balance/picker.ts";
import { backend } from "../../src/proxy/route/backend.ts";
import { measure } from "./measure.ts";

const random = seededRandom(1);
const keys = Array.from({ length: 256 }, (_, i) => hashOf(`key ${i}`));
for (const type of ["peak-ewma", "least-request", "round-robin", "random", "ring-hash", "maglev"] as const) {
  for (const count of [10, 1_000]) {
    const backends = Array.from({ length: count }, (_, i) =>
      backend({ type: "dial", key: i + 1, via: "own", port: 80 }, i + 1),
    );
    for (const { load } of backends) observe(load, 1 + random.unit(), 0);
    const pick = picker({ type, slowStartMs: 0 });
    const ask = newAsk(random);
    let i = 0;
    measure(`${type}, ${count} endpoints`, () => {
      ask.nowMs = i;
      ask.hash = keys[i++ & 255] as number;
      return pick(backends, ask).port;
    });
  }
}
