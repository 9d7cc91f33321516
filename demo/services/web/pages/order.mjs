// After the purchase, and when something is in its way.
import { html, money } from "../html.mjs";
import { layout } from "../layout.mjs";

export function orderPage(frame, order) {
  return layout(
    "Thank you",
    frame,
    html`<h1>Thank you, ${order.name}.</h1>
<p class="lead">Your order <strong>${order.order.slice(0, 8).toUpperCase()}</strong> is on its way, and a mail to ${order.email} too.</p>
<div class="columns"><table class="lines"><caption class="hidden">What you have bought</caption>
<thead><tr><th scope="col">Product</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th></tr></thead>
<tbody>${order.items.map(({ product, name, quantity, cents }) => html`<tr><td><a href="/product/${product}">${name}</a></td><td class="number">${quantity}</td><td class="number">${money(cents * quantity)}</td></tr>`)}
<tr><td>${order.shipping}</td><td></td><td class="number">${money(order.shippingCents)}</td></tr>
<tr class="total"><th scope="row">Total</th><td></td><td class="number">${money(order.totalCents)}</td></tr></tbody></table>
<aside class="summary"><h2>Delivered to</h2><p>${order.name}<br>${order.address}<br>${order.country}</p><a class="button" href="/">Back to the shop</a></aside></div>`,
  );
}

export function soldOutPage(frame, name) {
  return layout(
    "Out of stock",
    frame,
    html`<h1>Somebody was quicker.</h1>
<p class="problem" role="alert">“${name}” is out of stock, or there are fewer than you want. Nothing was charged.</p>
<p><a class="button" href="/cart">Change the cart</a></p>`,
  );
}

export function problemPage(frame, status, text) {
  return layout(
    status === 404 ? "Not found" : "Sorry",
    frame,
    html`<h1>${status === 404 ? "Not found" : "Sorry."}</h1><p class="problem" role="alert">${text}</p><p><a class="button" href="/">To the shop</a></p>`,
  );
}
