// What it costs to tell the visitor of a request that came in through a published port, ns; a request inside the mesh pays for
// none of it. Once with the fields of the request before on its connection, once with others. `bun bench/micro/visit.ts`
import { ringSize, spanWriter } from "../../src/model/span-ring.ts";
import { fieldLines } from "../../src/protocol/http1/lines.ts";
import { visitors } from "../../src/proxy/filter/record/visit/visit.ts";
import type { Core, Exchange } from "../../src/proxy/shapes.ts";
import { measure } from "./measure.ts";

const spans = spanWriter(new Uint8Array(ringSize(16)), 16);
const core = { deps: { spans }, table: { snapshot: { visitors: { current: "0f".repeat(16) } } } } as unknown as Core;
const behind = visitors(core);

const BROWSER = [
  ["Connection", "keep-alive", "sec-ch-ua", '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"'],
  ["sec-ch-ua-mobile", "?0", "sec-ch-ua-platform", '"Linux"', "Upgrade-Insecure-Requests", "1"],
  [
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  ],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"],
  ["Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-User", "?1", "Sec-Fetch-Dest", "document"],
  ["Accept-Encoding", "gzip, deflate, br, zstd", "Accept-Language", "en-GB,en;q=0.9"],
  ["Referer", "http://shop.example/product/pen"],
].flat();
const PROGRAM = ["User-Agent", "python-requests/2.32", "Accept", "*/*"];
const PAGE = fieldLines(["Content-Type", "text/html; charset=utf-8", "Cache-Control", "no-store", "Date", "today"]);

const cases: Record<string, { readonly request: readonly string[]; readonly answer: string }> = {
  "browser, session cookie": {
    request: [...BROWSER, "Cookie", "items=2; theme=dark; sid=q8Zt3LmN0pRs7VxY2bDfHj; _ga=GA1.1.1234567890.1700000000"],
    answer: PAGE,
  },
  "browser, signed session of 1 KB": {
    request: [...BROWSER, "Cookie", `session=${"aB3dE6gH9jK2mN5p".repeat(64)}`],
    answer: PAGE,
  },
  "browser without cookies": { request: BROWSER, answer: PAGE },
  "program with a key": { request: [...PROGRAM, "X-API-Key", "8f7e6d5c4b3a29181706"], answer: PAGE },
  "who has opted out": { request: [...BROWSER, "Sec-GPC", "1"], answer: PAGE },
};
for (const [name, { request, answer }] of Object.entries(cases)) {
  const asking = (lines: readonly string[]) =>
    ({
      ...{ isMirror: false, status: 200, response: { lines: answer } },
      head: { lines: fieldLines(lines), target: "/cart", path: "/cart", authority: "shop.example" },
      downstream: { fd: 7, socket: { remoteAddress: "203.0.113.7" } },
    }) as unknown as Exchange;
  const [one, other] = [asking(request), asking([...request, "DNT", "1"])];
  const write = (x: Exchange) => {
    behind.write(0, x);
    return (spans.columns.visit[0] as number) & 0xffff || 1;
  };
  measure(name, () => write(one));
  let turn = 0;
  measure(`${name}, other fields`, () => write(turn++ & 1 ? one : other));
}
