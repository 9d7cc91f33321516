// How far the start has come: in place on a terminal, a line every two seconds anywhere else.
const REDRAW_MS = 200;
const LINE_MS = 2_000;

/** @param out a stream such as stderr; @param total how many workloads there will be */
export function showProgress(out, total) {
  const started = performance.now();
  const ready = new Set();
  const timer = setInterval(draw, out.isTTY ? REDRAW_MS : LINE_MS);
  draw();

  function draw() {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const text = `starting the shop: ${ready.size} of ${total} are ready (${seconds} s)`;
    out.write(out.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
  }

  return {
    ready: (id) => ready.add(id),
    /** something else must be said meanwhile */
    say(line) {
      out.write(out.isTTY ? `\r${line}\x1b[K\n` : `${line}\n`);
    },
    close() {
      clearInterval(timer);
      if (out.isTTY) out.write("\r\x1b[K");
    },
  };
}
