// HTML as values: what is put into a template is text and is escaped, unless it came out of a template itself.
class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const MARKS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** html`<p>${text}</p>`; lists are joined; undefined, null and false are nothing. */
export function html(strings, ...values) {
  let text = strings[0];
  for (let index = 0; index < values.length; index++) text += markup(values[index]) + strings[index + 1];
  return new Markup(text);
}

function markup(value) {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(markup).join("");
  return String(value).replace(/[&<>"']/g, (mark) => MARKS[mark]);
}

/** @param cents of a euro */
export function money(cents) {
  return `€ ${(cents / 100).toFixed(2)}`;
}
