// What a visitor is about to buy.
import { html, money } from "../html.mjs";
import { layout } from "../layout.mjs";

export function cartPage(frame, { items, totalCents }) {
  if (items.length === 0) {
    return layout(
      "Your cart",
      frame,
      html`<h1>Your cart</h1><p class="lead">It is empty. <a href="/">Look around</a>.</p>`,
    );
  }
  return layout(
    "Your cart",
    frame,
    html`<h1>Your cart</h1>
<div class="columns">
<table class="lines"><caption class="hidden">Products in your cart</caption>
<thead><tr><th scope="col" colspan="2">Product</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th><th scope="col"><span class="hidden">Remove</span></th></tr></thead>
<tbody>${items.map(row)}</tbody></table>
<aside class="summary"><h2>Summary</h2>
<dl><dt>Products</dt><dd>${money(totalCents)}</dd><dt>Delivery</dt><dd>at checkout</dd><dt class="total">Total</dt><dd class="total">${money(totalCents)}</dd></dl>
<a class="button primary" href="/checkout">Go to checkout</a></aside>
</div>`,
  );
}

function row({ product, name, cents, quantity }) {
  return html`<tr>
<td class="thumb"><a href="/product/${product}" tabindex="-1" aria-hidden="true"><img src="/assets/product/${product}.svg" alt="" width="64" height="64"></a></td>
<td><a href="/product/${product}">${name}</a><br><span class="small">${money(cents)} each</span></td>
<td class="number">${quantity}</td><td class="number">${money(cents * quantity)}</td>
<td class="number"><form method="post" action="/cart/remove"><input type="hidden" name="product" value="${product}"><button class="plain" aria-label="Remove ${name}">Remove</button></form></td></tr>`;
}
