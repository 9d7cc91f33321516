// Two supervisors at a time: who is told what, and whose word counts.
import { expect, test } from "bun:test";
import { fstatSync } from "node:fs";
import { manualClock } from "../../base/clock.manual.ts";
import { workloadAddress } from "../../model/address.ts";
import { AGENT_PROTOCOL } from "../../model/agent.ts";
import type { RunnerToSupervisor, SupervisorToRunner } from "../../model/messages.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import { makePipe } from "../../sys/pipe.ts";
import { agentLink, type SupervisorChannel } from "./agent-link.ts";

const WEB = identity(7);

function identity(key: number): WorkloadIdentity {
  const names = { id: `web-${key}`, service: "web", version: "1", identity: "", declaredPorts: [] };
  return { key, ...names, address: workloadAddress(key) };
}

function status(key: number): WorkloadStatus {
  return { ...identity(key), state: "running", health: "none", revision: "1", restarts: 0, limits: {} };
}

/** A supervisor that says what the test wants. */
function supervisor() {
  const told: { readonly message: RunnerToSupervisor; readonly fds: number }[] = [];
  let take: (message: SupervisorToRunner, fds: readonly number[]) => void = () => {};
  const channel: SupervisorChannel = {
    send: (message, fds = []) => void told.push({ message, fds: fds.length }),
    onMessage(handler) {
      take = handler;
    },
    onClose() {},
    close() {},
  };
  return {
    channel,
    says: (message: SupervisorToRunner, fds: readonly number[] = []) => take(message, fds),
    hello: (protocol = AGENT_PROTOCOL) => take({ type: "hello", protocol, version: "2", workers: 1 }, []),
    told: () => told.map(({ message }) => message.type),
    of: <Type extends RunnerToSupervisor["type"]>(type: Type) =>
      told.filter(
        (one): one is typeof one & { readonly message: Extract<RunnerToSupervisor, { type: Type }> } =>
          one.message.type === type,
      ),
  };
}

function site() {
  const others: SupervisorToRunner[] = [];
  const clock = manualClock();
  const link = agentLink(clock, { onReady() {}, onPorts() {}, onOther: (message) => void others.push(message) });
  return { link, others };
}

/** One that leads, with a workload attached, and its sockets: any descriptors do. */
function leading() {
  const { link, others } = site();
  const first = supervisor();
  const firstLink = link.connect(first.channel, () => {});
  first.hello();
  void link.attach(WEB);
  first.says({ type: "attached", key: WEB.key, netns: "/run/netns/x" }, sockets());
  link.tell(status(WEB.key), true);
  return { link, others, first, firstLink };
}

function sockets(): readonly number[] {
  const { read, write } = makePipe("read");
  return [read, write];
}

function standingBy(link: ReturnType<typeof leading>["link"]) {
  const second = supervisor();
  const said: string[] = [];
  const secondLink = link.standBy(second.channel, (message) => void said.push(message.type));
  return { second, secondLink, said };
}

test("the first one leads at once and alone", () => {
  const { first } = leading();

  expect(first.told().slice(0, 4)).toEqual(["unattached", "lead", "write", "alone"]);
});

test("a workload that is being attached is told of like one that is not, until its state is told", () => {
  const { link } = site();
  const first = supervisor();
  link.connect(first.channel, () => {});
  first.hello();
  const unattached = () =>
    first
      .of("unattached")
      .at(-1)
      ?.message.workloads.map(({ key }) => key);

  link.report([status(WEB.key)]);
  void link.attach(WEB);
  link.report([status(WEB.key)]);
  expect(unattached()).toEqual([WEB.key]);

  first.says({ type: "attached", key: WEB.key, netns: "/run/netns/x" }, sockets());
  link.tell(status(WEB.key), true);
  link.report([status(WEB.key)]);
  expect(unattached()).toEqual([]);
});

test("one that stands by is handed the workload's sockets and told the rest, but not to lead", () => {
  const { link } = leading();
  const { second } = standingBy(link);

  expect(second.told()).toEqual([]); // it may speak another language
  second.hello();

  expect(second.told()).toEqual(["attach", "workload", "unattached", "told"]);
  expect(second.of("attach")[0]?.fds).toBe(2);
});

test("one of another protocol is told nothing", () => {
  const { link } = leading();
  const { second, said } = standingBy(link);

  second.hello(AGENT_PROTOCOL + 1);
  link.tell(status(WEB.key), false);

  expect(said).toEqual(["hello"]);
  expect(second.told()).toEqual([]);
});

test("a workload that comes meanwhile is attached by the one that leads, then handed on", () => {
  const { link, first } = leading();
  const { second } = standingBy(link);
  second.hello();

  void link.attach(identity(8));
  expect(first.of("attach")).toHaveLength(2);
  expect(second.of("attach")).toHaveLength(1);
  first.says({ type: "attached", key: 8, netns: "/run/netns/y" }, sockets());

  expect(second.of("attach")).toHaveLength(2);
});

test("rules are the new one's to write only when the old one has left", () => {
  const { link, first } = leading();
  const { second, secondLink } = standingBy(link);
  second.hello();

  link.handOver(secondLink, 1000);
  expect(second.told().at(-1)).toBe("lead");
  expect(first.told().at(-1)).toBe("leave");
  first.says({ type: "left" });

  expect(second.told().at(-1)).toBe("write");
});

test("an old one that dies before it has left writes no more either", () => {
  const { link, firstLink } = leading();
  const { second, secondLink } = standingBy(link);
  second.hello();
  link.handOver(secondLink, 1000);

  link.lost(firstLink);

  expect(second.told().slice(-2)).toEqual(["write", "alone"]);
});

test("what the old one attaches while it leaves is handed on, and its failure is told", async () => {
  const { link, first } = leading();
  const { second, secondLink } = standingBy(link);
  second.hello();
  const [comes, fails] = [link.attach(identity(8)), link.attach(identity(9))];
  link.handOver(secondLink, 1000);

  first.says({ type: "attached", key: 8, netns: "/run/netns/y" }, sockets());
  first.says({ type: "attachFailed", key: 9, reason: "no room" });

  expect(await comes).toBe("/run/netns/y");
  expect(second.of("attach").at(-1)).toMatchObject({ fds: 2, message: { workload: { key: 8 } } });
  expect(await fails.catch((error: Error) => error.message)).toBe("no room");
});

test("a workload is drained when nobody carries anything to it, also not one that leaves", async () => {
  const { link, first, firstLink } = leading();
  const { second, secondLink } = standingBy(link);
  second.hello();
  link.handOver(secondLink, 1000);
  let isDrained = false;

  const drained = link.drain(WEB.key).then(() => {
    isDrained = true;
  });
  second.says({ type: "drained", key: WEB.key });
  await Promise.resolve();
  expect(isDrained).toBe(false);
  expect(first.of("drain")).toHaveLength(1);
  link.lost(firstLink);

  await drained;
});

test("the config that the new one has is told when it leads, the old one's word counts no more", () => {
  const { link, first, others } = leading();
  const { second, secondLink } = standingBy(link);
  second.hello();
  second.says({ type: "programmed", version: 5 });
  expect(others).toEqual([]);

  link.handOver(secondLink, 1000);
  first.says({ type: "programmed", version: 6 });

  expect(others).toEqual([{ type: "programmed", version: 5 }]);
});

test("a link to the outside goes to the one who asked for it", () => {
  const { link, first } = leading();
  const { second } = standingBy(link);
  second.says({ type: "egressLinkWanted" });
  first.says({ type: "egressLinkWanted" });

  link.egressLink(sockets());
  expect([second.of("egressLink").length, first.of("egressLink").length]).toEqual([1, 0]);
  link.egressLink(sockets());

  expect(first.of("egressLink")).toHaveLength(1);
});

test("one that comes back leads only when it has everything, and then does what was asked meanwhile", () => {
  const { link, firstLink } = leading();
  link.lost(firstLink);
  const again = supervisor();
  link.connect(again.channel, () => {});
  again.hello();
  void link.attach(identity(8));
  void link.attach(identity(9));
  void link.detach(9);

  expect(again.told()).toEqual(["attach", "workload", "unattached", "told", "detach"]);
  again.says({ type: "standing" });

  expect(again.told().slice(5)).toEqual(["lead", "write", "alone", "attach", "detach"]);
  expect(again.of("attach").map(({ fds }) => fds)).toEqual([2, 0]);
});

test("a workload that goes takes its sockets with it", () => {
  const { link } = leading();
  const [read, write] = sockets() as [number, number];
  const { second, secondLink } = standingBy(link);
  second.hello();
  link.handOver(secondLink, 0);
  void link.attach(identity(8));
  second.says({ type: "attached", key: 8, netns: "" }, [read, write]);

  void link.detach(8);

  for (const fd of [read, write]) expect(() => fstatSync(fd)).toThrow("EBADF");
});
