import { expect, test } from "bun:test";
import { requests } from "./contrast/requests.fixture.ts";
import { lostHandshakes } from "./handshakes.ts";

const connecting = (...ms: number[]) =>
  requests(ms.length).map((one, at) => ({
    ...one,
    phases: { pooled: 100, connected: 100 + 1000 * (ms[at] as number) },
  }));
const reused = requests(100);

test("handshakes that took as long as TCP waits before it sends again lost a packet", () => {
  const found = lostHandshakes([...reused, ...connecting(1, 2, 1)], [...reused, ...connecting(1, 1_010, 3_020, 2)]);

  expect(found).toEqual({ before: 0, during: 0.5 });
});

test("slow ones by themselves, a single one, or as many before say nothing", () => {
  const lost = connecting(1, 1_010, 1_020);

  expect(lostHandshakes(reused, connecting(300, 600, 1_400, 2_500))).toBeUndefined();
  expect(lostHandshakes(reused, connecting(1, 1, 1_010))).toBeUndefined();
  expect(lostHandshakes(lost, lost)).toBeUndefined();
  expect(lostHandshakes(reused, reused)).toBeUndefined();
});
