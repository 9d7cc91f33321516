// One product: what it is, whether it is there, and what others bought with it.
import { html, money } from "../html.mjs";
import { layout } from "../layout.mjs";
import { productGrid } from "./products.mjs";

/** @param available undefined: nobody could say */
export function productPage(frame, product, { available, together }) {
  const category = frame.categories.find(({ slug }) => slug === product.category);
  const isGone = available === 0;
  return layout(
    product.name,
    frame,
    html`<p class="crumbs"><a href="/">Home</a> / <a href="/category/${product.category}">${category?.name ?? product.category}</a></p>
<article class="product">
  <img src="/assets/product/${product.id}.svg" alt="${product.name}" width="480" height="480">
  <div>
    <h1>${product.name}</h1>
    <p class="price big">${money(product.cents)}</p>
    <p>${product.text}</p>
    <p class="stock ${isGone ? "none" : ""}">${stockText(available)}</p>
    <form method="post" action="/cart" class="add">
      <input type="hidden" name="product" value="${product.id}">
      <label>Quantity <input type="number" name="quantity" value="1" min="1" max="99" required></label>
      <button class="primary" ${isGone && "disabled"}>Add to cart</button>
    </form>
    <p class="small">Weighs ${(product.grams / 1000).toFixed(2)} kg. Leaves the house within a day.</p>
  </div>
</article>
${together?.length > 0 && html`<section aria-labelledby="together"><h2 id="together">Bought together</h2>${productGrid(together)}</section>`}`,
  );
}

function stockText(available) {
  if (available === undefined) return "Ask us whether it is in stock.";
  if (available === 0) return "Out of stock. More is on its way.";
  return available < 20 ? `Only ${available} left` : "In stock";
}
