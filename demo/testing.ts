// Runs services of the shop for a test: on loopback, without the mesh, each on a free port, ended with the test.
import { join } from "node:path";

type Running = { readonly port: number; readonly process: Bun.Subprocess<"ignore", "pipe", "inherit"> };

const SERVICES = join(import.meta.dir, "services");
const COMMANDS = {
  store: ["node", "store/main.mjs"],
  catalog: ["python3", "-Bu", "-m", "catalog"],
  payment: ["python3", "-Bu", "-m", "payment"],
  mailer: ["python3", "-Bu", "-m", "mailer"],
  cart: [process.execPath, "cart/main.ts"],
  checkout: [process.execPath, "checkout/main.ts"],
  web: ["node", "web/main.mjs"],
} as const;

/** Starts a service and waits until it says where it listens. */
export async function start(
  service: keyof typeof COMMANDS,
  environment: Record<string, string> = {},
): Promise<Running> {
  const process_ = Bun.spawn([...COMMANDS[service]], {
    cwd: SERVICES,
    env: { PATH: process.env.PATH ?? "", PORT: "0", BANK_MS: "1", ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = process_.stdout.getReader();
  for (let said = ""; ; ) {
    const { done, value } = await output.read();
    if (done) throw new Error(`${service} ended without listening: ${said}`);
    said += new TextDecoder().decode(value);
    const port = / listens on (\d+)/.exec(said)?.[1];
    if (!port) continue;
    void drain(output);
    return { port: Number(port), process: process_ };
  }
}

/** a closed pipe would end the service at its next line */
async function drain(output: { read(): Promise<{ readonly done: boolean }> }): Promise<void> {
  while (!(await output.read()).done);
}

/** Starts the whole shop; `stop` ends it. */
export async function startShop(dataDirectory: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const url = ({ port }: Running) => `http://127.0.0.1:${port}`;
  const [store, catalog, payment, mailer] = await Promise.all([
    start("store", { DATA_DIR: dataDirectory }),
    start("catalog"),
    start("payment"),
    start("mailer"),
  ]);
  const STORE = `127.0.0.1:${store.port}`;
  const cart = await start("cart", { STORE, CATALOG_URL: url(catalog) });
  const checkout = await start("checkout", {
    STORE,
    CART_URL: url(cart),
    PAYMENT_URL: url(payment),
    MAILER_URL: url(mailer),
  });
  const web = await start("web", { CATALOG_URL: url(catalog), CART_URL: url(cart), CHECKOUT_URL: url(checkout) });
  const all = [web, checkout, cart, mailer, payment, catalog, store];
  return {
    url: url(web),
    stop: async () => {
      for (const service of all) service.process.kill("SIGTERM");
      await Promise.all(all.map((service) => service.process.exited));
    },
  };
}
