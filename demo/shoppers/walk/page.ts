// What a visitor finds on a page: links, forms, and what a browser loads for it.

export type Field = {
  readonly name: string;
  /** as it is when nobody touches it; undefined: not sent then */
  readonly value: string | undefined;
  /** the values one can choose from, of radio buttons and lists */
  readonly choices: readonly string[];
  /** a person cannot change it */
  readonly isHidden: boolean;
};

export type Form = {
  readonly method: "GET" | "POST";
  readonly action: string;
  readonly fields: readonly Field[];
  /** there is a button to click, or none is needed */
  readonly canBeSent: boolean;
};

export type Contents = {
  /** to other pages of the shop, in the order of the page, each once */
  readonly links: readonly string[];
  readonly next: string | undefined;
  readonly forms: readonly Form[];
  readonly stylesheets: readonly string[];
  readonly icons: readonly string[];
  readonly images: readonly { readonly path: string; readonly isLazy: boolean }[];
  /** what the page is about costs, in cents: one product, or all in the cart with what comes on top */
  readonly price: number | undefined;
  readonly total: number | undefined;
};

type FieldDraft = { value: string | undefined; choices: string[]; isHidden: boolean };
type Draft = {
  method: "GET" | "POST";
  action: string;
  fields: Map<string, FieldDraft>;
  buttons: { isDisabled: boolean }[];
};

const TAG = /<(\/?)(a|link|img|form|input|select|option|textarea|button)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
const PRICE = /class="price big">€ (\d+\.\d\d)</;
const TOTAL = /<dd class="total">€ (\d+\.\d\d)</;
const ATTRIBUTE = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;

/** `path` is the page's own, which relative links and forms without an action refer to. */
export function read(html: string, path: string): Contents {
  const links = new Set<string>();
  const forms: Form[] = [];
  const stylesheets: string[] = [];
  const icons: string[] = [];
  const images: { path: string; isLazy: boolean }[] = [];
  let next: string | undefined;
  let form: Draft | undefined;
  let select: FieldDraft | undefined;

  for (const [, slash, tag = "", rest = ""] of html.matchAll(TAG)) {
    const name = tag.toLowerCase();
    if (slash) {
      if (name === "form" && form) forms.push(finished(form));
      if (name === "form") form = undefined;
      if (name === "select") select = undefined;
      continue;
    }
    const has = attributes(rest);
    const href = has.href === undefined ? undefined : local(has.href, path);
    switch (name) {
      case "a":
        if (href) links.add(href);
        if (href && has.rel === "next") next = href;
        break;
      case "link":
        if (href && has.rel === "stylesheet") stylesheets.push(href);
        if (href && /\bicon$/.test(has.rel ?? "")) icons.push(href);
        if (href && has.rel === "next") next ??= href;
        break;
      case "img": {
        const image = local(has.src ?? "", path);
        if (image) images.push({ path: image, isLazy: has.loading === "lazy" });
        break;
      }
      case "form":
        form = {
          method: /^post$/i.test(has.method ?? "") ? "POST" : "GET",
          action: local(has.action ?? "", path) ?? path,
          fields: new Map(),
          buttons: [],
        };
        break;
      case "select":
        select = field(undefined);
        if (has.name) form?.fields.set(has.name, select);
        break;
      case "option": {
        const value = has.value ?? "";
        if (select && has.disabled === undefined) select.choices.push(value);
        if (select && (has.selected !== undefined || select.value === undefined)) select.value = value;
        break;
      }
      case "button":
        form?.buttons.push({ isDisabled: has.disabled !== undefined });
        break;
      case "input":
      case "textarea":
        if (has.type === "submit") form?.buttons.push({ isDisabled: has.disabled !== undefined });
        if (form && has.name) takeInput(form, has.name, has);
        break;
    }
  }
  const [price, total] = [cents(PRICE, html), cents(TOTAL, html)];
  return { links: [...links], next, forms, stylesheets, icons, images, price, total };
}

function cents(pattern: RegExp, html: string): number | undefined {
  const [, euros] = pattern.exec(html) ?? [];
  return euros === undefined ? undefined : Math.round(Number(euros) * 100);
}

function takeInput({ fields }: Draft, name: string, has: Attributes): void {
  switch (has.type) {
    case "radio": {
      const radio = fields.get(name) ?? field(undefined);
      radio.choices.push(has.value ?? "on");
      if (has.checked !== undefined) radio.value = has.value ?? "on";
      fields.set(name, radio);
      return;
    }
    case "checkbox":
      if (has.checked !== undefined) fields.set(name, field(has.value ?? "on"));
      return;
    case "submit":
    case "button":
    case "reset":
      return;
    default:
      fields.set(name, { ...field(has.value ?? ""), isHidden: has.type === "hidden" });
  }
}

function field(value: string | undefined): FieldDraft {
  return { value, choices: [], isHidden: false };
}

function finished({ method, action, fields, buttons }: Draft): Form {
  const canBeSent = buttons.length === 0 || buttons.some(({ isDisabled }) => !isDisabled);
  return { method, action, fields: [...fields].map(([name, field]) => ({ name, ...field })), canBeSent };
}

type Attributes = Readonly<Record<string, string | undefined>>;

function attributes(text: string): Attributes {
  const found: Record<string, string> = {};
  for (const [, name = "", double, single, bare] of text.matchAll(ATTRIBUTE)) {
    found[name.toLowerCase()] = unescaped(double ?? single ?? bare ?? "");
  }
  return found;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", apos: "'" };

function unescaped(text: string): string {
  return text.includes("&") ? text.replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole) : text;
}

/** Path and query of what is at the shop; undefined for what is elsewhere. */
function local(href: string, base: string): string | undefined {
  if (/^\/(?!\/)[^#]*$/.test(href)) return href;
  if (!URL.canParse(href, `http://shop${base}`)) return undefined;
  const url = new URL(href, `http://shop${base}`);
  return url.origin === "http://shop" ? url.pathname + url.search : undefined;
}
