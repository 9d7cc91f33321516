// A visitor of the storefront for tests: keeps cookies, follows redirects, fills in forms.
export type Page = { readonly status: number; readonly url: string; readonly html: string; readonly headers: Headers };

export const GOOD_CARD = "4242424242424242";
export const ADDRESS = { name: "Ada Lovelace", email: "ada@example.com", address: "Main Street 1, 1234 Town" } as const;

export function visitor(origin: string) {
  const cookies = new Map<string, string>();

  async function visit(path: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    const response = await fetch(new URL(path, origin), {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (response.status === 303 && location) return visit(location);
    return { status: response.status, url: path, html: await response.text(), headers: response.headers };
  }

  /** from the checkout page to what comes after it */
  async function buy(changes: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { html } = await visit("/checkout");
    const form = html.slice(html.indexOf(`<form method="post" action="/checkout"`));
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const shipping = /name="shipping" value="([^"]+)"/.exec(form)?.[1] ?? "";
    const fields = Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value]));
    return visit("/checkout", { ...fields, ...ADDRESS, shipping, card: GOOD_CARD, ...changes });
  }

  return { visit, buy };
}
