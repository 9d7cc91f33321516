import { expect, test } from "bun:test";
import { longestQueue, portsOf } from "./readiness.ts";

const workload = { address: { v4: "240.128.0.7", v6: "fd00:6d77:80::7" }, declaredPorts: [5432] };

test.each([
  ["0.0.0.0", 80, false, [{ port: 80, via: "own", v6Only: false }]],
  ["240.128.0.7", 80, false, [{ port: 80, via: "own", v6Only: false }]],
  ["::", 80, false, [{ port: 80, via: "own", v6Only: false }]],
  ["::", 80, true, [{ port: 80, via: "own", v6Only: true }]],
  ["fd00:6d77:80::7", 80, true, [{ port: 80, via: "own", v6Only: true }]],
  ["::ffff:f080:7", 80, false, [{ port: 80, via: "own", v6Only: false }]],
  ["127.0.0.1", 5432, false, [{ port: 5432, via: "loopback4", v6Only: false }]],
  ["::1", 5432, true, [{ port: 5432, via: "loopback6", v6Only: true }]],
  ["::ffff:7f00:1", 5432, false, [{ port: 5432, via: "loopback4", v6Only: false }]],
  ["127.0.0.1", 80, false, []],
  ["::1", 80, true, []],
  ["240.1.0.9", 80, false, []],
  ["::", 15001, false, []],
])("who listens on %s port %i (IPv6 only: %p) is dialled so: %p", (address, port, v6Only, ports) => {
  expect(portsOf(workload, [{ address, port, v6Only, queue: 0 }])).toEqual(ports as ReturnType<typeof portsOf>);
});

test("of several listeners on a port the most open one counts", () => {
  const listening = [
    { address: "::1", port: 5432, v6Only: true, queue: 0 },
    { address: "127.0.0.1", port: 5432, v6Only: false, queue: 0 },
    { address: "::", port: 90, v6Only: true, queue: 0 },
    { address: "0.0.0.0", port: 90, v6Only: false, queue: 0 },
  ];

  expect(portsOf(workload, listening)).toEqual([
    { port: 90, via: "own", v6Only: false },
    { port: 5432, via: "loopback4", v6Only: false },
  ]);
});

test("the queue of a workload is that of its fullest socket, and the mesh's own is none of it", () => {
  const listener = { address: "::", v6Only: false };

  expect(longestQueue([])).toBeUndefined();
  expect(longestQueue([{ ...listener, port: 15001, queue: 9 }])).toBeUndefined();
  expect(
    longestQueue([
      { ...listener, port: 15001, queue: 9 },
      { ...listener, port: 80, queue: 2 },
      { ...listener, port: 81, queue: 5 },
    ]),
  ).toBe(5);
});
