// Products side by side, and the pages that consist of them: home, a category, what a search found.
import { html, money } from "../html.mjs";
import { layout } from "../layout.mjs";

export function productGrid(products) {
  return html`<ul class="grid">${products.map(
    ({ id, name, cents }) => html`
<li><a class="card-link" href="/product/${id}"><img src="/assets/product/${id}.svg" alt="" width="240" height="240" loading="lazy">
<span class="name">${name}</span><span class="price">${money(cents)}</span></a></li>`,
  )}
</ul>`;
}

export function homePage(frame, products) {
  return layout(
    "Good things for the house",
    frame,
    html`<section class="hero">
  <h1>Good things, made to stay.</h1>
  <p>For kitchen, table, desk and garden: no more than a house needs.</p>
  <p class="tiles">${frame.categories.map(({ slug, name }) => html`<a class="tile" href="/category/${slug}">${name}</a>`)}</p>
</section>
<section aria-labelledby="featured"><h2 id="featured">This week’s favourites</h2>
${productGrid(products)}
</section>`,
  );
}

export function categoryPage(frame, { name }, products) {
  return layout(
    name,
    frame,
    html`<h1>${name}</h1><p class="lead">${products.length} products</p>${productGrid(products)}`,
  );
}

export function searchPage(frame, { query, corrected, total, page, pages, products }) {
  const link = (number) => `/search?q=${encodeURIComponent(query)}&page=${number}`;
  return layout(
    query ? `“${query}”` : "Search",
    { ...frame, query },
    html`<h1>${query ? html`Results for “${query}”` : "Everything"}</h1>
<p class="lead">${total === 0 ? "Nothing fits." : `${total} ${total === 1 ? "product" : "products"}`}${
      corrected && html`. Showing results for <a href="/search?q=${encodeURIComponent(corrected)}">${corrected}</a>`
    }</p>
${total === 0 ? html`<p>Try a shorter word, or look through the categories above.</p>` : productGrid(products)}
${
  pages > 1 &&
  html`<nav class="pages" aria-label="Pages">
${page > 1 && html`<a rel="prev" href="${link(page - 1)}">← Previous</a>`}
<span>Page ${page} of ${pages}</span>
${page < pages && html`<a rel="next" href="${link(page + 1)}">Next →</a>`}
</nav>`
}`,
  );
}
