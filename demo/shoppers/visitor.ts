// One shopper at work: follows links and forms of the pages as a browser would, keeps the cookie, leaves when it takes too long.
import type { Visit } from "./plan.ts";

export type Outcome = {
  /** `looked`: did all they came for, without buying */
  readonly end: "bought" | "declined" | "looked" | "impatient" | "failed";
  readonly pageMs: readonly number[];
  /** why it failed */
  readonly reason?: string;
};

type Page = { readonly status: number; readonly html: string };
class Left extends Error {}

export async function shop(origin: string, visit: Visit): Promise<Outcome> {
  const pageMs: number[] = [];
  let cookie = "";
  let links: string[] = [];
  let product = "";

  async function load(method: "GET" | "POST", path: string, form?: Record<string, string>): Promise<Page> {
    const started = performance.now();
    const patience = AbortSignal.timeout(visit.patienceMs);
    try {
      const response = await fetch(origin + path, {
        method,
        redirect: "manual",
        signal: patience,
        headers: cookie ? { cookie } : {},
        ...(form ? { body: new URLSearchParams(form) } : {}),
      });
      const html = await response.text();
      pageMs.push(performance.now() - started);
      cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      const next = response.headers.get("location");
      return response.status === 303 && next ? await load("GET", next) : { status: response.status, html };
    } catch (error) {
      if (patience.aborted) throw new Left();
      throw error;
    }
  }

  async function loadWell(method: "GET" | "POST", path: string, form?: Record<string, string>): Promise<Page> {
    const page = await load(method, path, form);
    if (page.status >= 400 && page.status !== 402) throw new Error(`${method} ${path} answered ${page.status}`);
    links = [...page.html.matchAll(/href="(\/product\/[^"]+)"/g)].map((match) => match[1] ?? "");
    return page;
  }

  try {
    for (const step of visit.steps) {
      await Bun.sleep(step.thinkMs);
      switch (step.kind) {
        case "home":
          await loadWell("GET", "/");
          break;
        case "search":
          await loadWell("GET", `/?q=${step.words}`);
          break;
        case "product":
          if (links.length === 0) await loadWell("GET", "/");
          product = links[Math.floor(step.rank * links.length)] ?? "/product/mug-speckled";
          await loadWell("GET", product);
          break;
        case "add":
          await loadWell("POST", "/cart", {
            product: product.slice("/product/".length),
            quantity: String(step.quantity),
          });
          break;
        case "cart":
          await loadWell("GET", "/cart");
          break;
        case "checkout": {
          const email = `shopper-${visit.number}@example.com`;
          const { status } = await loadWell("POST", "/checkout", { email, card: step.card });
          return { end: status === 402 ? "declined" : "bought", pageMs };
        }
      }
    }
    return { end: "looked", pageMs };
  } catch (error) {
    if (error instanceof Left) return { end: "impatient", pageMs };
    return { end: "failed", pageMs, reason: error instanceof Error ? error.message : String(error) };
  }
}
