// A program that asks a shop for pages at a steady pace, whatever becomes of them: bun visits.ts <url> <a second> <path …>
const [url = "", rate = "1", ...paths] = process.argv.slice(2);
const everyMs = 1000 / Number(rate);
const started = performance.now();
for (let number = 0; ; number++) {
  const waitMs = started + number * everyMs - performance.now();
  if (waitMs > 0) await Bun.sleep(waitMs);
  const path = paths[number % paths.length] ?? "/";
  void fetch(new URL(path, url))
    .then((response) => response.arrayBuffer())
    .catch(() => {});
}

export {}; // which makes it a module: names of its own
