// Ports on 127.0.0.1 for programs that cannot choose their own.

/** Free now; nobody takes an ephemeral port again that soon. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Resolves when `url` answers with 200; throws with the last reason after `withinMs`. */
export async function answers(url: string, withinMs = 5000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      const { status } = await fetch(url, { signal: AbortSignal.timeout(1000) });
      if (status === 200) return;
      throw new Error(`status ${status}`);
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${url} does not answer: ${error}`);
    }
    await Bun.sleep(20);
  }
}
