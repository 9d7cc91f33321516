// The one connection of the page. Everything on it that is live asks through the same event stream, because a browser
// allows six connections to a host; what is not live is fetched once. A stream that breaks is opened again until it holds.
import type { ApiProblem } from "../../src/api/types.ts";
import { API } from "./questions.ts";

export type Told = { readonly answer: unknown } | { readonly problem: ApiProblem };
export type Listener = (told: Told) => void;

export type ConnectionState = "idle" | "connecting" | "live" | "lost";

export type Live = {
  /** Asks until the returned function is called. The listener hears each answer. */
  ask(question: string, isLive: boolean, listener: Listener): () => void;
  connection(): ConnectionState;
  onConnection(listener: () => void): () => void;
  /** a page that nobody sees asks nothing */
  setVisible(isVisible: boolean): void;
};

export type Stream = { close(): void };
export type StreamEvents = {
  open(): void;
  lost(): void;
  told(question: string, told: Told): void;
};

export type LiveDeps = {
  readonly stream: (path: string, events: StreamEvents) => Stream;
  readonly fetch: (path: string) => Promise<Told>;
  readonly after: (ms: number, run: () => void) => () => void;
};

const GATHER_MS = 20;
const RETRY_MS = [500, 1_000, 2_000] as const;

export function createLive(deps: LiveDeps): Live {
  const live = new Map<string, Set<Listener>>();
  const watchers = new Set<() => void>();
  let state: ConnectionState = "idle";
  let stream: Stream | undefined;
  let streamPath = "";
  let cancelOpen: (() => void) | undefined;
  let failures = 0;
  let isVisible = true;

  const setState = (next: ConnectionState) => {
    if (state === next) return;
    state = next;
    for (const watcher of watchers) watcher();
  };

  const openSoon = (ms: number) => {
    cancelOpen?.();
    cancelOpen = deps.after(ms, open);
  };

  const open = () => {
    cancelOpen = undefined;
    const path = isVisible && live.size > 0 ? streamOf([...live.keys()]) : "";
    if (path === streamPath && stream) return;
    stream?.close();
    stream = undefined;
    streamPath = path;
    if (!path) return setState(state === "lost" ? "lost" : "idle");
    if (state !== "lost") setState("connecting");
    const opened = deps.stream(path, {
      open() {
        if (stream === opened) failures = 0;
      },
      lost() {
        if (stream !== opened) return;
        stream.close();
        stream = undefined;
        setState("lost");
        openSoon(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!);
      },
      told(question, told) {
        if (stream !== opened) return;
        setState("live");
        for (const listener of live.get(question) ?? []) listener(told);
      },
    });
    stream = opened;
  };

  const askLive = (question: string, listener: Listener) => {
    const listeners = live.get(question) ?? new Set();
    live.set(question, listeners.add(listener));
    openSoon(GATHER_MS);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      live.delete(question);
      openSoon(GATHER_MS);
    };
  };

  const askOnce = (question: string, listener: Listener) => {
    let cancel = () => {};
    let isOver = false;
    const attempt = (tries: number) => {
      const again = () => {
        if (!isOver) cancel = deps.after(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]!, () => attempt(tries + 1));
      };
      deps.fetch(`${API}${question}`).then((told) => {
        if (!isOver) listener(told);
      }, again);
    };
    attempt(0);
    return () => {
      isOver = true;
      cancel();
    };
  };

  return {
    ask: (question, isLive, listener) => (isLive ? askLive(question, listener) : askOnce(question, listener)),
    connection: () => state,
    onConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    setVisible(visible) {
      if (visible === isVisible) return;
      isVisible = visible;
      openSoon(0);
    },
  };
}

function streamOf(questions: readonly string[]): string {
  const asks = questions.map((question) => `ask=${encodeURIComponent(question)}`);
  return `${API}/live?${asks.join("&")}&every=1000`;
}
