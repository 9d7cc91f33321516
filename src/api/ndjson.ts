// Answers that are streams of JSON lines, each flushed as it comes; both end early when the client goes away.

const TYPE = { "content-type": "application/x-ndjson" };
const encoder = new TextEncoder();

/**
 * Pushes whatever `produce` emits; for a few events whose maker does not wait for the reader.
 * @param signal of the request
 */
export function streamEvents<Event>(
  signal: AbortSignal,
  produce: (emit: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): Response {
  let isOpen = true;
  const gone = new AbortController();
  const leave = () => {
    isOpen = false;
    gone.abort();
  };
  signal.addEventListener("abort", leave, { once: true });
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const emit = (event: Event) => {
        if (isOpen) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
      };
      await produce(emit, gone.signal);
      signal.removeEventListener("abort", leave);
      if (isOpen) controller.close();
      isOpen = false;
    },
    cancel: leave,
  });
  return new Response(body, { headers: TYPE });
}

/** Takes as much as the client reads; for sources without bound. */
export function streamRows<Row>(
  signal: AbortSignal,
  read: (signal: AbortSignal) => AsyncIterable<readonly Row[]>,
): Response {
  const gone = new AbortController();
  const leave = () => gone.abort();
  signal.addEventListener("abort", leave, { once: true });
  const batches = read(gone.signal)[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await batches.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map((row) => `${JSON.stringify(row)}\n`).join("")));
    },
    cancel: leave,
  });
  return new Response(body, { headers: TYPE });
}
