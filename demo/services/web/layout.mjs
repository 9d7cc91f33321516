// What all pages have: head, navigation, search, cart, and the word about who shops here.
import { html } from "./html.mjs";

/** @param frame categories, count (things in the cart), query */
export function layout(title, { categories = [], count = 0, query = "" }, body) {
  return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Oak & Linen</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/shop.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <div class="bar">
    <a class="brand" href="/"><img src="/assets/logo.svg" alt="" width="36" height="36"><span>Oak & Linen</span></a>
    <form class="find" action="/search" role="search">
      <input type="search" name="q" value="${query}" placeholder="Search the shop" aria-label="Search the shop" maxlength="100">
      <button>Search</button>
    </form>
    <a class="cart-link" href="/cart">Cart${count > 0 && html` <span class="badge" aria-label="${count} in the cart">${count}</span>`}</a>
  </div>
  <nav class="bar" aria-label="Categories">
    ${categories.map(({ slug, name }) => html`<a href="/category/${slug}">${name}</a>`)}
  </nav>
</header>
<main id="main">
${body}
</main>
<footer>
  <p><strong>Oak & Linen</strong> is a demonstration. Nothing is sold, nobody is charged, no mail is sent.</p>
  <p>The shoppers of this demo are programs; the time they take to think is compressed, so what takes a person minutes takes them seconds.</p>
</footer>
</body>
</html>`}
`;
}
