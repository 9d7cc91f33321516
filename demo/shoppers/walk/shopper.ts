// A person in the shop: walks a plan step by step through the links and forms that the pages have, and leaves early when
// a page takes too long, when errors are more than they put up with, when no card is taken, or when all costs more than was said.
import { mistyped } from "../plan/buyer.ts";
import type { Person } from "../plan/person.ts";
import type { Action } from "../plan/steps.ts";
import type { Browser, Page } from "./browser.ts";
import { type Entries, filled } from "./form.ts";
import type { Navigation } from "./headers.ts";
import type { Form } from "./page.ts";
import { routeOf } from "./route.ts";
import type { SearchIndex } from "./search-index.ts";

/** `looked`: did all they came for, without buying; `dear`: were asked for more than they had been told */
export type End = "bought" | "declined" | "soldOut" | "looked" | "dear" | "impatient" | "failed";

/** What others are told while a person shops. */
export type Notes = {
  cartMade(): void;
  /** the shop did what it should not; the person may try again */
  error(reason: string): void;
  left(): void;
  cameBack(): void;
};

type Options = {
  readonly origin: string;
  readonly browser: Browser;
  readonly index: SearchIndex;
  readonly notes: Notes;
};

/** thrown wherever a visit ends early */
class Leave extends Error {
  readonly end: End;
  constructor(end: End) {
    super(end);
    this.end = end;
  }
}

/** What a shop answers to a form when the person, not the shop, has to do something. */
const FOR_THE_PERSON: readonly number[] = [402, 409, 422];

export async function shop(person: Person, { origin, browser, index, notes }: Options): Promise<End> {
  const { buyer, temper, steps } = person;
  let here: Page | undefined;
  let retriesLeft = temper.retries;
  let hasCart = false;

  async function open(path: string, navigation: Navigation, form?: URLSearchParams, cutOffMs?: number): Promise<Page> {
    let isReload = false;
    for (let cutMs = cutOffMs; ; cutMs = undefined) {
      const signal = AbortSignal.timeout(Math.min(cutMs ?? temper.patienceMs, temper.patienceMs));
      const visit = { path, ...navigation, isReload, signal, ...(form ? { form } : {}) };
      const page = await browser.open(visit);
      if (!("trouble" in page) && (page.status < 400 || (form && FOR_THE_PERSON.includes(page.status)))) {
        here = page;
        if (page.price !== undefined) index.usualPrice(productOf(page), page.price);
        return page;
      }
      if ("trouble" in page && page.trouble === "impatient") {
        if (cutMs !== undefined) continue; // has clicked again
        notes.error(`${form ? "POST" : "GET"} ${routeOf(path)} took longer than their patience`);
        throw new Leave("impatient");
      }
      notes.error(
        `${form ? "POST" : "GET"} ${routeOf(path)} ${"trouble" in page ? `broke: ${page.reason}` : `answered ${page.status}`}`,
      );
      if (retriesLeft === 0) throw new Leave("failed");
      retriesLeft -= 1;
      isReload = true;
      await Bun.sleep(temper.retryMs);
    }
  }

  const within = (): Navigation => (here ? { site: "same-origin", referrer: origin + here.path } : { site: "none" });
  const follow = (path: string) => open(path, within());
  const submit = (form: Form, entries: Entries, doubleClickMs?: number) => {
    const data = filled(form, entries);
    if (form.method === "POST") return open(form.action, within(), data, doubleClickMs);
    return follow(`${form.action.split("?")[0]}?${data}`);
  };

  /** a link of that kind on this page, or else on the home page */
  async function followOne(prefix: string, rank: number): Promise<void> {
    const found = () => here?.links.filter((path) => path.startsWith(prefix) && path !== here?.path) ?? [];
    if (found().length === 0) await follow("/");
    const links = found();
    const path = links[Math.floor(rank * links.length)];
    if (path) await follow(path);
  }

  function formWith(field: string, action: string): Form | undefined {
    return here?.forms.find(
      (form) => form.canBeSent && form.action === action && form.fields.some(({ name }) => name === field),
    );
  }

  async function act(action: Action): Promise<void> {
    switch (action.kind) {
      case "land": {
        here = undefined;
        const path = action.on === "cart" ? "/cart" : "/";
        await open(action.campaign ? `${path}?${action.campaign}` : path, from(action.referrer));
        return;
      }
      case "landOnProduct": {
        here = undefined;
        const path = index.product(action.rank) ?? "/";
        await open(action.campaign ? `${path}?${action.campaign}` : path, from(action.referrer));
        return;
      }
      case "home":
        await follow("/");
        return;
      case "category":
        return followOne("/category/", action.rank);
      case "product":
        return followOne("/product/", action.rank);
      case "search": {
        const form = formWith("q", "/search");
        if (form) await submit(form, { values: { q: action.words } });
        return;
      }
      case "nextPage":
        if (here?.next) await follow(here.next);
        return;
      case "add": {
        const form = formWith("product", "/cart"); // what is sold out cannot be added
        if (!form || isTooDear()) return;
        return put(form, action.quantity);
      }
      case "cart":
        await follow("/cart");
        return;
      case "remove": {
        const forms = here?.forms.filter((form) => form.action === "/cart/remove") ?? [];
        const form = forms[Math.floor(action.rank * forms.length)];
        if (form) await submit(form, { values: {} });
        return;
      }
      case "checkout":
        if (hasCart) await follow("/checkout");
        return chooseCountry();
      case "pay":
        return pay(action);
      case "leave": // the time away is the walk's
    }
  }

  /** compared with what the same product cost before, which others have told */
  function isTooDear(): boolean {
    if (here?.price === undefined) return false;
    return here.price > index.usualPrice(productOf(here), here.price) * temper.dearest;
  }

  /** Into the cart; who then finds it empty tries once more, as often as their temper says. */
  async function put(form: Form, quantity: number): Promise<void> {
    for (;;) {
      const page = await submit(form, { values: { quantity: String(quantity) } });
      if (page.status >= 400) return;
      if (page.links.includes("/checkout")) break;
      notes.error("POST /cart left the cart empty");
      if (retriesLeft === 0) throw new Leave("failed");
      retriesLeft -= 1;
      await Bun.sleep(temper.retryMs);
    }
    if (!hasCart) notes.cartMade();
    hasCart = true;
  }

  /** where it is a form of its own: what shipping costs depends on it */
  async function chooseCountry(): Promise<void> {
    const form = here?.forms.find(
      ({ method, fields }) => method === "GET" && fields.some(({ name }) => name === "country"),
    );
    const country = form?.fields.find(({ name }) => name === "country");
    if (!form || !country?.choices.includes(buyer.country) || country.value === buyer.country) return;
    await submit(form, { values: { country: buyer.country } });
  }

  async function pay({
    cards,
    shippingRank,
    coupon,
    typo,
    doubleClickMs,
    correctMs,
  }: Action & { kind: "pay" }): Promise<void> {
    let mistake = typo;
    let card = 0;
    const toldCents = here?.total ?? Number.POSITIVE_INFINITY;
    for (let form = formWith("card", "/checkout"); form; form = formWith("card", "/checkout")) {
      const typed = mistyped(buyer, cards[card] ?? "", mistake);
      const entries = { values: { ...buyer, ...typed, coupon }, ranks: { shipping: shippingRank } };
      const page = await submit(form, entries, doubleClickMs);
      if (page.path.startsWith("/order/")) throw new Leave("bought");
      if (page.status === 409) throw new Leave("soldOut");
      if (page.status === 402) card += 1;
      if (page.status === 402 && card === cards.length) throw new Leave("declined");
      if (page.status === 422 && mistake === undefined) {
        notes.error("POST /checkout refused what was typed well");
        throw new Leave("failed");
      }
      if (page.status === 422) mistake = undefined;
      // another delivery than the first one is dearer, which they have chosen themselves
      if (page.status === 200 && (page.total ?? 0) > toldCents * temper.dearest) throw new Leave("dear");
      await Bun.sleep(correctMs);
    }
  }

  async function walk(): Promise<void> {
    for (const step of steps) {
      if (step.kind === "leave") {
        browser.close();
        notes.left();
        await Bun.sleep(step.thinkMs);
        notes.cameBack();
      } else {
        await Bun.sleep(step.thinkMs);
        await act(step);
      }
    }
  }

  try {
    const end = await walk().then(() => "looked" as const, endOf);
    if (end !== "impatient") await Bun.sleep(person.stayMs);
    return end;
  } finally {
    browser.close();
  }
}

/** without what a campaign has added to the address */
function productOf({ path }: Page): string {
  return path.split("?")[0] ?? path;
}

function endOf(error: unknown): End {
  if (error instanceof Leave) return error.end;
  throw error;
}

function from(referrer: string | undefined): Navigation {
  return referrer ? { site: "cross-site", referrer } : { site: "none" };
}
