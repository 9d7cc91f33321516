// Runs services of the shop for a test: on loopback, without the mesh, each on a free port, on SQLite, ended with the test.
import { join } from "node:path";

type Running = { readonly port: number; readonly process: Bun.Subprocess<"ignore", "pipe", "inherit"> };
type Environment = Readonly<Record<string, string>>;

const SERVICES = join(import.meta.dir, "services");
const bun = (service: string) => [process.execPath, "--smol", `${service}/main.ts`];
const node = (service: string) => ["node", `${service}/main.mjs`];
const python = (service: string) => ["python3", "-Bu", "-m", service];
const COMMANDS = {
  redis: bun("redis"),
  catalog: bun("catalog"),
  search: node("search"),
  recommendations: python("recommendations"),
  cart: bun("cart"),
  checkout: bun("checkout"),
  inventory: bun("inventory"),
  coupons: python("coupons"),
  shipping: python("shipping"),
  payment: python("payment"),
  orders: bun("orders"),
  mailer: python("mailer"),
  web: node("web"),
} as const;
export type Service = keyof typeof COMMANDS;

/** Starts a service and waits until it says where it listens; the mailer, which does not, says what it waits for. */
export async function start(service: Service, environment: Environment = {}, code = SERVICES): Promise<Running> {
  const process_ = Bun.spawn([...COMMANDS[service]], {
    cwd: code,
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
    if (!port && !said.includes(" waits for ")) continue;
    void drain(output);
    return { port: Number(port ?? 0), process: process_ };
  }
}

/** a closed pipe would end the service at its next line */
async function drain(output: { read(): Promise<{ readonly done: boolean }> }): Promise<void> {
  while (!(await output.read()).done);
}

export type Shop = {
  readonly url: string;
  readonly urlOf: (service: Service) => string;
  /** ends one service at once, as when its machine dies */
  kill(service: Service): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the whole shop on a folder of its own, from the code that is in the tree or in another folder; `stop` ends it. */
export async function startShop(
  folder: string,
  environment: Partial<Record<Service, Environment>> = {},
  code = SERVICES,
): Promise<Shop> {
  const all = new Map<Service, Running>();
  const urlOf = (service: Service) => `http://127.0.0.1:${all.get(service)?.port}`;

  /** those named start at once, and know all that were started before */
  async function startAll(...services: Service[]): Promise<void> {
    const known: Record<string, string> = { DATA_DIR: folder, MAIL_DIR: join(folder, "mail") };
    for (const [service, { port }] of all) known[`${service.toUpperCase()}_URL`] = `http://127.0.0.1:${port}`;
    known.REDIS = `redis://127.0.0.1:${all.get("redis")?.port}`;
    known.REDIS_DIR = join(folder, "redis");
    known.ALIVE_FILE = join(folder, "mailer-alive");
    await Promise.all(
      services.map(async (service) =>
        all.set(service, await start(service, { ...known, ...environment[service] }, code)),
      ),
    );
  }

  await startAll("redis", "catalog", "coupons", "shipping");
  await startAll("search", "cart", "inventory", "payment", "orders", "mailer");
  await startAll("recommendations", "checkout");
  await startAll("web");
  return {
    url: urlOf("web"),
    urlOf,
    async kill(service) {
      all.get(service)?.process.kill("SIGKILL");
      await all.get(service)?.process.exited;
    },
    async stop() {
      for (const { process: one } of all.values()) one.kill("SIGTERM");
      await Promise.all([...all.values()].map(({ process: one }) => one.exited));
    },
  };
}
