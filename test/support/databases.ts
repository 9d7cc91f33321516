// Debian's PostgreSQL and Redis on a free port of loopback, in a folder that goes with them. Neither runs as root.
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { closeFd } from "../../src/sys/libc.ts";
import { listenTcp, localAddress } from "../../src/sys/socket.ts";
import { eventually } from "./eventually.ts";

const NOBODY = 65534;

export type Database = { readonly port: number; stop(): Promise<void> };

/** The folder of PostgreSQL's programs, which Debian keeps off the PATH; undefined where it cannot run: it wants its user to
 *  have a name. */
export const postgresPrograms: string | undefined = hasName()
  ? [...new Bun.Glob("/usr/lib/postgresql/*/bin/initdb").scanSync("/")].map(dirname).sort().at(-1)
  : undefined;
export const redisProgram = Bun.which("redis-server") ?? undefined;

export async function startPostgres(programs: string): Promise<Database> {
  const folder = ownFolder("postgres");
  const data = join(folder, "data");
  const made = Bun.spawnSync(
    [...asNobody(), join(programs, "initdb"), "-D", data, "-U", "shop", "-A", "trust", "--locale=C", "--no-sync"],
    { cwd: folder, stderr: "pipe" },
  );
  if (made.exitCode !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = freePort();
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "fsync=off"];
  const command = [join(programs, "postgres"), "-D", data, ...settings.flatMap((one) => ["-c", one])];
  return start(command, folder, port, "SIGQUIT");
}

export function startRedis(program: string): Promise<Database> {
  const port = freePort();
  return start(
    [program, "--port", String(port), "--bind", "127.0.0.1", "--save", ""],
    ownFolder("redis"),
    port,
    "SIGTERM",
  );
}

async function start(command: string[], folder: string, port: number, signal: NodeJS.Signals): Promise<Database> {
  const server = Bun.spawn([...asNobody(), ...command], { cwd: folder, stdout: "ignore", stderr: "pipe" });
  const stop = async () => {
    server.kill(signal);
    await server.exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      () => {
        if (server.exitCode !== null) throw new Error(`${command[0]} ended with ${server.exitCode}`);
        return listens(port);
      },
      { withinMs: 20_000 },
    );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { port, stop };
}

async function listens(port: number): Promise<boolean> {
  const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
  socket.end();
  return true;
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0);
  const { port } = localAddress(fd);
  closeFd(fd);
  return port;
}

function ownFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `meshwise-${name}-`));
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

function hasName(): boolean {
  return Bun.spawnSync(["id", "-un"], { stderr: "ignore" }).exitCode === 0;
}

function asNobody(): string[] {
  return process.getuid?.() === 0 ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
}
