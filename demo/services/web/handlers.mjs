// What each address answers: { status, page } or { status, location }, and `count` when the cart has changed.
import { randomBytes } from "node:crypto";
import { cartPage } from "./pages/cart.mjs";
import { checkoutPage } from "./pages/checkout.mjs";
import { orderPage, soldOutPage } from "./pages/order.mjs";
import { productPage } from "./pages/product.mjs";
import { categoryPage, homePage, searchPage } from "./pages/products.mjs";
import * as shop from "./shop.mjs";
import { UpstreamError } from "./upstream.mjs";

export const routes = [
  ["GET", /^\/$/, home],
  ["GET", /^\/category\/([a-z-]{1,32})$/, category],
  ["GET", /^\/search$/, search],
  ["GET", /^\/product\/([a-z0-9-]{1,64})$/, product],
  ["GET", /^\/cart$/, showCart],
  ["POST", /^\/cart$/, addToCart],
  ["POST", /^\/cart\/remove$/, removeFromCart],
  ["GET", /^\/checkout$/, showCheckout],
  ["POST", /^\/checkout$/, buy],
  ["GET", /^\/order\/([0-9a-f-]{36})$/, showOrder],
];

const HOME_COUNTRY = "DE";
const TYPED = ["name", "email", "address", "country", "shipping", "coupon"];
const seeCart = { status: 303, location: "/cart" };

async function home({ frame }) {
  return { status: 200, page: homePage(frame, await shop.featured()) };
}

async function category({ frame, params: [slug] }) {
  const known = frame.categories.find((one) => one.slug === slug);
  if (!known) throw new UpstreamError(404, "There is no such category.");
  return { status: 200, page: categoryPage(frame, known, await shop.productsOf(slug)) };
}

async function search({ frame, query }) {
  const page = Math.min(Math.max(Number.parseInt(query.get("page") ?? "1", 10) || 1, 1), 1_000);
  return { status: 200, page: searchPage(frame, await shop.find((query.get("q") ?? "").slice(0, 100), page)) };
}

async function product({ frame, params: [id] }) {
  const [found, available, together] = await Promise.all([shop.product(id), shop.available(id), shop.together(id)]);
  return { status: 200, page: productPage(frame, found, { available, together }) };
}

async function showCart({ frame, session }) {
  const cart = await shop.cartOf(session.visitor);
  return { status: 200, page: cartPage({ ...frame, count: cart.count }, cart), count: cart.count };
}

async function addToCart({ session, form }) {
  const item = { product: form.get("product") ?? "", quantity: Number(form.get("quantity") ?? 1) };
  return { ...seeCart, count: (await shop.addToCart(session.visitor, item)).count };
}

async function removeFromCart({ session, form }) {
  return { ...seeCart, count: (await shop.removeFromCart(session.visitor, form.get("product") ?? "")).count };
}

async function showCheckout({ frame, session, query }) {
  const cart = await shop.cartOf(session.visitor);
  if (cart.items.length === 0) return { ...seeCart, count: 0 };
  return { status: 200, page: await checkoutForm(frame, cart, { country: query.get("country") }) };
}

/** @param typed what is known of the form; `key` stays the same as long as it may be the same purchase */
async function checkoutForm(frame, cart, typed) {
  const countries = await shop.countries();
  const country = countries.includes(typed.country) ? typed.country : HOME_COUNTRY;
  const options = await shop.deliveries(country, cart.grams);
  return checkoutPage(frame, { key: randomBytes(16).toString("hex"), ...typed, cart, countries, country, options });
}

async function buy({ frame, session, form }) {
  const key = /^[0-9a-f]{32}$/.test(form.get("key") ?? "") ? form.get("key") : randomBytes(16).toString("hex");
  const purchase = Object.fromEntries([...TYPED, "card"].map((name) => [name, form.get(name) ?? ""]));
  try {
    const { order } = await shop.buy(key, { ...purchase, cart: session.visitor });
    return { status: 303, location: `/order/${order}`, count: 0 };
  } catch (error) {
    return await explain(error, { frame, session, key, purchase });
  }
}

async function explain(error, { frame, session, key, purchase }) {
  if (!(error instanceof UpstreamError)) throw error;
  const cart = await shop.cartOf(session.visitor);
  if (cart.items.length === 0) return { ...seeCart, count: 0 };
  if (error.status === 409 && !error.body.calledOff) {
    const item = cart.items.find((one) => one.product === error.body.product);
    return { status: 409, page: soldOutPage(frame, item?.name ?? "Something in your cart") };
  }
  const typed = { form: purchase, country: purchase.country, ...formProblem(error, key) };
  return { status: error.status < 500 ? error.status : 503, page: await checkoutForm(frame, cart, typed) };
}

function formProblem({ status, body, message }, key) {
  if (status === 402) return { problem: `Your card was not charged: ${message}. Please try another one.` };
  if (status === 422) return { problem: "Please look at the fields below.", fields: body.fields };
  console.error(`a purchase failed: ${message}`);
  return {
    problem: "The purchase did not work. Please try again: you will not be charged twice.",
    ...(body.calledOff ? {} : { key }),
  };
}

async function showOrder({ frame, session, params: [id] }) {
  return { status: 200, page: orderPage(frame, await shop.orderOf(session.visitor, id)) };
}
