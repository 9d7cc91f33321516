// A partner's import: large orders, one after another from several hands: bun import.ts <orders> <hands> <lines>
const [url = "", hands = "1", lines = "1"] = process.argv.slice(2);

async function work(): Promise<void> {
  for (;;) {
    const items = Array.from({ length: Number(lines) }, (_, line) => ({
      product: `partner-${line}`,
      name: "An article with a name as long as names of articles can be. ".repeat(3),
      cents: 100,
      quantity: 1,
    }));
    const order = crypto.randomUUID();
    const who = {
      visitor: "partner",
      name: "Partner",
      email: "orders@partner.example",
      address: "1 Mill Lane",
      country: "DE",
    };
    const body = { order, ...who, shipping: "standard", shippingCents: 0, items, totalCents: 100, charge: order };
    await fetch(`${url}/orders`, { method: "POST", body: JSON.stringify(body) })
      .then((response) => response.text())
      .catch(() => Bun.sleep(100));
  }
}

await Promise.all(Array.from({ length: Number(hands) }, work));

export {}; // which makes it a module: names of its own
