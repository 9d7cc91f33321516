// The last page before the money: where it goes, how, and what it costs.
import { html, money } from "../html.mjs";
import { layout } from "../layout.mjs";

const NAMES = new Intl.DisplayNames(["en"], { type: "region" });

/**
 * @param form what was typed before, never the card
 * @param problem for the whole form; `fields` for one field each
 */
export function checkoutPage(frame, { cart, options, countries, country, key, form = {}, problem, fields = {} }) {
  const chosen = options.find(({ id }) => id === form.shipping) ?? options[0];
  return layout(
    "Checkout",
    frame,
    html`<h1>Checkout</h1>
${problem && html`<p class="problem" role="alert">${problem}</p>`}
<form action="/checkout" class="country"><label>Deliver to <select name="country">${countries.map(
      (code) => html`<option value="${code}" ${code === country && "selected"}>${NAMES.of(code)}</option>`,
    )}</select></label> <button>Change</button> ${note(fields, "country")}</form>
<form method="post" action="/checkout" class="columns">
<div>
<input type="hidden" name="key" value="${key}"><input type="hidden" name="country" value="${country}">
<fieldset><legend>Address</legend>
${field("name", "Name", { form, fields, autocomplete: "name", required: true, maxlength: 100 })}
${field("email", "E-mail", { form, fields, type: "email", autocomplete: "email", required: true, maxlength: 200 })}
${field("address", "Street, number, postcode, town", { form, fields, autocomplete: "street-address", required: true, maxlength: 200 })}
</fieldset>
<fieldset><legend>Delivery to ${NAMES.of(country)}</legend>
${options.map(
  (
    option,
  ) => html`<label class="option"><input type="radio" name="shipping" value="${option.id}" required ${option === chosen && "checked"}>
<span>${option.name}</span><span class="small">${option.days} ${option.days === 1 ? "day" : "days"}</span><span>${option.cents === 0 ? "free" : money(option.cents)}</span></label>`,
)}${note(fields, "shipping")}
</fieldset>
<fieldset><legend>Card</legend>
${field("card", "Card number", { form: {}, fields, autocomplete: "cc-number", inputmode: "numeric", required: true, maxlength: 25 })}
<p class="small">Try 4242 4242 4242 4242. Cards that end in 0002 or 9995 are declined.</p>
${field("coupon", "Coupon, if you have one", { form, fields, maxlength: 20 })}
</fieldset>
</div>
<aside class="summary"><h2>Your order</h2>
<dl>${cart.items.map(({ name, quantity, cents }) => html`<dt>${quantity} × ${name}</dt><dd>${money(cents * quantity)}</dd>`)}
<dt>${chosen?.name ?? "Delivery"}</dt><dd>${money(chosen?.cents ?? 0)}</dd>
<dt class="total">Total</dt><dd class="total">${money(cart.totalCents + (chosen?.cents ?? 0))}</dd></dl>
${options.length > 1 && html`<p class="small">Another delivery changes the total by its price.</p>`}
<p class="small">A coupon is taken off when you buy.</p>
<button class="primary">Buy now</button></aside>
</form>`,
  );
}

function field(name, label, { form, fields, type = "text", required, ...more }) {
  const attributes = Object.entries(more).map(([key, value]) => html` ${key}="${value}"`);
  const wrong = fields[name] && html` aria-invalid="true" aria-describedby="${name}-note"`;
  return html`<label class="field">${label}<input type="${type}" name="${name}" value="${form[name] ?? ""}"${attributes}${required && " required"}${wrong}></label>${note(fields, name)}`;
}

function note(fields, name) {
  return fields[name] && html`<p class="wrong" id="${name}-note">${fields[name]}</p>`;
}
