// Visitors of a small shop, as browsers are seen from the outside: a session cookie that the shop gave, one page after the other.

/** `web` sells, `pay` refuses cards that end in 2; both for Bun. */
export const SHOP = `
import { randomBytes } from "node:crypto";
const isPay = process.argv[2] === "pay";
Bun.serve({ hostname: "0.0.0.0", port: 8080, async fetch(request) {
  const { pathname } = new URL(request.url);
  if (isPay) return new Response(null, { status: (await request.text()).endsWith("2") ? 402 : 200 });
  if (pathname === "/healthz") return new Response("ok");
  const headers = { "content-type": "text/html" };
  if (!request.headers.get("cookie")) headers["set-cookie"] = "sid=" + randomBytes(16).toString("hex") + "; Path=/";
  if (request.method === "GET") return new Response("<html></html>", { headers });
  if (pathname === "/cart") return new Response(null, { status: 303, headers: { ...headers, location: "/cart" } });
  const paid = await fetch("http://pay:8080/charge", { method: "POST", body: await request.text() });
  if (paid.status !== 200) return new Response("refused", { status: paid.status, headers });
  return new Response(null, { status: 303, headers: { ...headers, location: "/thanks" } });
} });`;

/** @param program of bun @param file that has SHOP */
export function shopCompose(program: string, file: string): string {
  const command = (name: string) => JSON.stringify([program, file, name]);
  return `services:
  web: { command: ${command("web")}, ports: ["127.0.0.1::8080"], depends_on: [pay] }
  pay: { command: ${command("pay")}, expose: ["8080"] }
`;
}

export type Shopper = {
  /** what a browser sends along; another User-Agent, Sec-GPC */
  readonly headers?: Readonly<Record<string, string>>;
  /** of a card; without one nothing is bought */
  readonly card?: string;
  readonly putsIntoCart?: boolean;
  readonly product?: number;
};

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Looks, puts into the cart, buys. @returns the session that the shop gave */
export async function shop(url: string, { headers, card, putsIntoCart, product = 1 }: Shopper): Promise<string> {
  const jar = new Map<string, string>();
  const ask = async (method: string, path: string, body?: string) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, url), {
      method,
      redirect: "manual",
      headers: {
        ...{
          "user-agent": FIREFOX,
          "sec-fetch-mode": "navigate",
          "sec-fetch-dest": "document",
          "sec-fetch-user": "?1",
        },
        ...(cookie && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    await response.arrayBuffer();
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
  };
  await ask("GET", `/product/${product}`);
  if (putsIntoCart || card !== undefined) await ask("POST", "/cart", `product=${product}`);
  if (card !== undefined) await ask("POST", "/checkout", card);
  return jar.get("sid") ?? "";
}
