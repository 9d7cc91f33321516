import { expect, test } from "bun:test";
import { createLive, type StreamEvents, type Told } from "./live.ts";

type Opened = { readonly path: string; readonly events: StreamEvents; isClosed: boolean };

/** A browser whose streams, fetches and timers the test moves by hand. */
function site() {
  const opened: Opened[] = [];
  const timers = new Set<() => void>();
  const fetches: { readonly path: string; readonly settle: PromiseWithResolvers<Told> }[] = [];
  const live = createLive({
    stream(path, events) {
      const one: Opened = { path, events, isClosed: false };
      opened.push(one);
      return {
        close() {
          one.isClosed = true;
        },
      };
    },
    fetch(path) {
      const settle = Promise.withResolvers<Told>();
      fetches.push({ path, settle });
      return settle.promise;
    },
    after(_, run) {
      timers.add(run);
      return () => timers.delete(run);
    },
  });
  const elapse = () => {
    for (const run of [...timers]) {
      timers.delete(run);
      run();
    }
  };
  return { live, opened, fetches, elapse, last: () => opened.at(-1)! };
}

const asks = ({ path }: Opened) => new URL(path, "http://x").searchParams.getAll("ask");

test("everything on a page asks through one stream", () => {
  const { live, opened, elapse, last } = site();
  live.ask("/map?since=5m", true, () => {});
  live.ask("/health?since=5m", true, () => {});
  live.ask("/map?since=5m", true, () => {});
  elapse();

  expect(opened).toHaveLength(1);
  expect(asks(last())).toEqual(["/map?since=5m", "/health?since=5m"]);
});

test("an answer reaches those who asked for it", () => {
  const { live, elapse, last } = site();
  const heard: Told[] = [];
  live.ask("/map", true, (told) => heard.push(told));
  live.ask("/health", true, () => heard.push({ answer: "not this" }));
  elapse();
  last().events.told("/map", { answer: 1 });

  expect(heard).toEqual([{ answer: 1 }]);
  expect(live.connection()).toBe("live");
});

test("a stream that is lost is opened again until it holds, with the same questions", () => {
  const { live, opened, elapse, last } = site();
  live.ask("/map", true, () => {});
  elapse();
  last().events.told("/map", { answer: 1 });
  last().events.lost();
  expect(live.connection()).toBe("lost");

  elapse();
  last().events.lost();
  elapse();
  expect(live.connection()).toBe("lost");
  last().events.told("/map", { answer: 2 });

  expect(live.connection()).toBe("live");
  expect(opened.map(asks)).toEqual([["/map"], ["/map"], ["/map"]]);
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
});

test("a stream that was left behind has nothing more to say", () => {
  const { live, opened, elapse } = site();
  const heard: Told[] = [];
  live.ask("/map", true, (told) => heard.push(told));
  elapse();
  live.ask("/health", true, () => {});
  elapse();
  opened[0]!.events.told("/map", { answer: "old" });
  opened[0]!.events.lost();

  expect(heard).toEqual([]);
  expect(live.connection()).toBe("connecting");
});

test("a page that nobody sees keeps no stream", () => {
  const { live, opened, elapse, last } = site();
  live.ask("/map", true, () => {});
  elapse();
  live.setVisible(false);
  elapse();
  expect(last().isClosed).toBe(true);

  live.setVisible(true);
  elapse();
  expect(opened).toHaveLength(2);
});

test("the stream ends with the last question", () => {
  const { live, opened, elapse, last } = site();
  const stop = live.ask("/map", true, () => {});
  elapse();
  stop();
  elapse();

  expect(last().isClosed).toBe(true);
  expect(opened).toHaveLength(1);
});

test("a time that is over is asked once, and again only when nobody answered", async () => {
  const { live, opened, fetches, elapse } = site();
  const heard: Told[] = [];
  live.ask("/map?from=a&to=b", false, (told) => heard.push(told));
  fetches[0]!.settle.reject(new Error("away"));
  await fetches[0]!.settle.promise.catch(() => {});
  elapse();
  fetches[1]!.settle.resolve({ answer: 1 });
  await fetches[1]!.settle.promise;
  elapse();

  expect(heard).toEqual([{ answer: 1 }]);
  expect(fetches.map(({ path }) => path)).toEqual(["/api/v1/map?from=a&to=b", "/api/v1/map?from=a&to=b"]);
  expect(opened).toHaveLength(0);
});
