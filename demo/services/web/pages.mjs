// The pages of the storefront: functions from data to HTML.
const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}
a{color:#0b57d0}ul.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem;list-style:none;padding:0}
ul.grid li{border:1px solid #ddd;border-radius:.5rem;padding:1rem}table{border-collapse:collapse;width:100%}
td,th{padding:.4rem;border-bottom:1px solid #ddd;text-align:left}button{font:inherit;padding:.4rem 1rem}.bad{color:#a11}`;

export function homePage({ products, query }) {
  const items = products.map(
    (product) =>
      `<li><a href="/product/${encodeURIComponent(product.id)}">${escaped(product.name)}</a><br>${money(product.priceCents)}</li>`,
  );
  return page(
    "The shop",
    `<form action="/"><input name="q" value="${escaped(query)}" aria-label="Search"> <button>Search</button></form>
<ul class="grid">${items.join("\n")}</ul>`,
  );
}

export function productPage(product) {
  return page(
    product.name,
    `<p>${escaped(product.text)}</p><p><strong>${money(product.priceCents)}</strong></p>
<form method="post" action="/cart"><input type="hidden" name="product" value="${escaped(product.id)}">
<input name="quantity" type="number" min="1" max="99" value="1" aria-label="Quantity"> <button>Add to cart</button></form>`,
  );
}

export function cartPage(cart) {
  if (cart.items.length === 0) return page("Your cart", `<p>It is empty. <a href="/">Look around</a>.</p>`);
  const rows = cart.items.map(
    (item) =>
      `<tr><td>${escaped(item.name)}</td><td>${item.quantity}</td><td>${money(item.priceCents * item.quantity)}</td></tr>`,
  );
  return page(
    "Your cart",
    `<table><tr><th>Product</th><th>Quantity</th><th>Price</th></tr>${rows.join("")}
<tr><th>Total</th><th></th><th>${money(cart.totalCents)}</th></tr></table>
<form method="post" action="/checkout"><input name="email" type="email" required aria-label="E-mail">
<input name="card" required aria-label="Card number"> <button>Buy</button></form>`,
  );
}

export function orderPage(order) {
  return page("Thank you", `<p>Order ${escaped(order.order)}: ${money(order.totalCents)}. A mail is on its way.</p>`);
}

export function problemPage(status, text) {
  return page(
    status === 402 ? "Not paid" : "Sorry",
    `<p class="bad">${escaped(text)}</p><p><a href="/cart">Back to the cart</a></p>`,
  );
}

function page(title, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style>
<p><a href="/">The shop</a> · <a href="/cart">Cart</a></p><h1>${escaped(title)}</h1>${body}</html>
`;
}

function money(cents) {
  return `€ ${(cents / 100).toFixed(2)}`;
}

function escaped(text) {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (mark) => marks[mark]);
}
