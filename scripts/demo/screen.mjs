// Shows `meshwise stat --watch` above `meshwise edges --watch`: in place on a terminal, now and then anywhere else.
import { lines } from "./shop.mjs";

const PLAIN_EVERY_MS = 5_000;

/** Draws until the shop stops. @param header lines above the tables */
export function showFigures(shop, header) {
  const tables = { stat: [], edges: [] };
  const terminal = process.stdout.isTTY ? inPlace() : nowAndThen();
  const redraw = () => {
    if (tables.stat.length === 0) return;
    const edges = tables.edges.length > 0 ? ["", ...tables.edges] : [];
    terminal.draw([...header, "", ...tables.stat, ...edges]);
  };
  for (const name of Object.keys(tables)) {
    const watch = shop.meshwise(name, "--watch", "--since", "30s");
    watch.process.stderr.resume(); // "nothing yet" and the like, each second
    frames(watch.process.stdout, (frame) => {
      tables[name] = frame;
      redraw();
    });
  }
  return terminal;
}

/** A watch command that does not write to a terminal prints its table again and again, an empty line between. */
function frames(stream, take) {
  let frame = [];
  lines(stream, (line) => {
    if (line !== "") frame.push(line);
    else if (frame.length > 0) {
      take(frame);
      frame = [];
    }
  });
}

function inPlace() {
  let drawn = 0;
  process.stdout.write("\x1b[?25l"); // the cursor would flicker
  return {
    draw(all) {
      const columns = process.stdout.columns || 80; // 0 on a terminal that does not know its size
      const rows = process.stdout.rows || 24;
      const shown = all.slice(0, rows - 1).map((line) => [...line].slice(0, columns).join(""));
      const up = drawn > 0 ? `\x1b[${drawn}A\r` : "\r";
      drawn = shown.length;
      process.stdout.write(`${up}${shown.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    },
    close: () => process.stdout.write("\x1b[?25h"),
  };
}

function nowAndThen() {
  let next = 0;
  return {
    draw(all) {
      if (performance.now() < next) return;
      next = performance.now() + PLAIN_EVERY_MS;
      process.stdout.write(`${all.join("\n")}\n\n`);
    },
    close() {},
  };
}
