// The command line as a process: help, mistakes, exit codes, completion, the launcher. Nothing runs behind it here.
import { expect, test } from "bun:test";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { inFolder, LAUNCHER, meshwise, start } from "../support/command-line.ts";

const ROOT = dirname(dirname(LAUNCHER));
const COMMANDS = [
  "up",
  "down",
  "ps",
  "logs",
  "run",
  "stat",
  "edges",
  "ledger",
  "tap",
  "check",
  "debug",
  "upgrade",
  "version",
  "completion",
];

test("without arguments it shows its help, examples first", async () => {
  const { code, out, err } = await meshwise([]);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.indexOf("Examples:")).toBeLessThan(out.indexOf("Usage:"));
  for (const command of COMMANDS) expect(out).toContain(`\n  ${command} `);
});

test.each(COMMANDS)("the help of %s leads with examples of it", async (command) => {
  const { code, out } = await meshwise([command, "--help"]);

  expect(code).toBe(0);
  const examples = out.slice(out.indexOf("Examples:"), out.indexOf("Usage:"));
  expect(examples).toContain(`meshwise ${command}`);
});

test.each([
  [["sta"], "Did you mean stat?", "meshwise --help"],
  [["stat", "--wach"], "Did you mean --watch?", "meshwise stat --help"],
  [["stat", "--since", "5"], "60s, 15m", "meshwise stat --help"],
  [["edges", "-o", "xml"], "table, wide, json, yaml, ndjson", "meshwise edges --help"],
  [["debug", "everything"], "config, connections, profile", "meshwise debug --help"],
  [["down", "now"], "too many arguments", "meshwise down --help"],
  [["run"], "missing required argument", "meshwise run --help"],
  [["tap", "-f", "--since", "5m"], "cannot be used with", "meshwise tap --help"],
  [["stat", "--since", "5m", "--from", "2030-01-31T12:00:00Z"], "cannot be used with", "meshwise stat --help"],
  [["tap", "--status", "99"], "5xx", "meshwise tap --help"],
  [["logs", "--tail", "many"], "whole number", "meshwise logs --help"],
])("the mistake %p is a usage error: 2, and it says what would be right", async (args, hint, help) => {
  const { code, out, err } = await meshwise(args);

  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(hint);
  expect(err).toContain(help);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
});

test.each(["stat", "edges", "tap", "ps", "logs", "run -- true", "debug config"])(
  "%s says that nothing runs and how to start it",
  async (line) => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, "compose.yaml"), "services: { web: { command: sleep 1 } }\n");
      mkdirSync(join(folder, "deep", "er"), { recursive: true });

      const environment = { MESHWISE_STATE_DIR: join(folder, "state") };
      const { code, out, err } = await meshwise(line.split(" "), {
        directory: join(folder, "deep", "er"),
        environment,
      });

      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(join(folder, "compose.yaml"));
      expect(err).toContain("`meshwise up`");
    });
  },
);

test("a socket that a killed project left behind is a project that does not run", async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, "shop"));
    const left = Bun.spawn(
      [
        process.execPath,
        "-e",
        `Bun.serve({unix: "${folder}/shop/host.sock", fetch: () => new Response()}); console.log()`,
      ],
      { stdout: "pipe" },
    );
    await left.stdout.getReader().read();
    left.kill("SIGKILL");
    await left.exited;

    const { code, err } = await meshwise(["ps", "-p", "shop"], { environment: { MESHWISE_STATE_DIR: folder } });

    expect({ code, err }).toEqual({
      code: 1,
      err: "error: No project is running here: shop. Start it with `meshwise up`.\n",
    });
  });
});

test("down where nothing runs is no failure", async () => {
  await inFolder(async (folder) => {
    const { code, err } = await meshwise(["down", "-p", "shop"], { environment: { MESHWISE_STATE_DIR: folder } });

    expect(code).toBe(0);
    expect(err).toContain("nothing to stop");
  });
});

test("without a Compose file anywhere it says where it looked", async () => {
  const { code, err } = await meshwise(["up"], { directory: "/" });

  expect(code).toBe(1);
  expect(err).toContain("Compose file");
  expect(err).not.toContain("    at ");
});

test("up tells the mistakes of a Compose file and starts nothing", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "compose.yaml"), "services:\n  web:\n    comand: sleep 1\n");

    const { code, out, err } = await meshwise(["up", "-d"], {
      directory: folder,
      environment: { MESHWISE_STATE_DIR: join(folder, "state") },
    });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("compose.yaml:3:5");
  });
});

test("version answers in each form", async () => {
  const forms = await Promise.all(["table", "json", "yaml", "ndjson"].map((form) => meshwise(["version", "-o", form])));

  expect(forms.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(forms[0]?.out).toMatch(/^meshwise \d+\.\d+\.\d+ \(bun /);
  expect(JSON.parse(forms[1]?.out ?? "").meshwise).toMatch(/^\d/);
  expect(forms[2]?.out).toMatch(/^meshwise: /);
  expect(JSON.parse(forms[3]?.out ?? "").bun).toBe(Bun.version);
});

test("a reader that goes away early is no failure", async () => {
  const child = Bun.spawn(["bash", "-c", `set -o pipefail; "${LAUNCHER}" completion bash | head -1`], {
    stdout: "pipe",
    stderr: "pipe",
  });

  expect(await child.exited).toBe(0);
  expect(await new Response(child.stderr).text()).toBe("");
});

// What help costs is what it loads; how long that takes is the machine's matter (70 ms on a quiet one).
test("help loads no package but the one that reads the command line", async () => {
  const preload = new URL("../support/loaded.preload.ts", import.meta.url).pathname;
  const main = join(ROOT, "src", "cli", "main.ts");

  const child = Bun.spawn([process.execPath, "--preload", preload, main, "--help"], { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);

  expect(out).toContain("Usage: meshwise");
  expect(err).toBe("loaded: commander\n");
});

test("the launcher works from anywhere and through symlinks", async () => {
  await inFolder(async (folder) => {
    symlinkSync(LAUNCHER, join(folder, "one"));
    symlinkSync("one", join(folder, "two"));

    const { code, out } = await meshwise(["version"], { launcher: join(folder, "two"), directory: "/" });

    expect(code).toBe(0);
    expect(out).toStartWith("meshwise ");
  });
});

test("installed by npm beside its dependencies, hoisted, it finds them", async () => {
  await inFolder(async (folder) => {
    const place = join(folder, "node_modules", "meshwise");
    mkdirSync(join(place, "bin"), { recursive: true });
    mkdirSync(join(folder, "node_modules", ".bin"));
    cpSync(LAUNCHER, join(place, "bin", "meshwise"));
    cpSync(join(ROOT, "src"), join(place, "src"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(place, "package.json"));
    for (const name of ["bun", "commander", "yaml"]) {
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    }
    symlinkSync("../meshwise/bin/meshwise", join(folder, "node_modules", ".bin", "meshwise"));

    const launcher = join(folder, "node_modules", ".bin", "meshwise");
    const { code, out, err } = await meshwise(["version"], { launcher });

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toStartWith("meshwise ");
  });
});

test("without its packages the launcher says in one sentence what to do", async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, "bin"));
    cpSync(LAUNCHER, join(folder, "bin", "meshwise"));

    const { code, out, err } = await meshwise(["up"], { launcher: join(folder, "bin", "meshwise") });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(`meshwise: its packages are not installed. Run \`npm ci\` in ${folder}.\n`);
  });
});

test("what lies in the user's folder does not run in us: .env, bunfig.toml, tsconfig.json", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "evil.ts"), 'console.log("EVIL");');
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
    writeFileSync(join(folder, ".env"), "MESHWISE_DEBUG=1\n");
    writeFileSync(join(folder, "tsconfig.json"), '{"compilerOptions":{"paths":{"commander":["./evil.ts"]}}}');

    const { code, out, err } = await meshwise(["ps", "-p", "none"], {
      directory: folder,
      environment: { MESHWISE_STATE_DIR: folder },
    });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).not.toContain("    at ");
  });
});

test("its exit code is that of an interrupted command after Ctrl-C", async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, "shop"));
    let asked = 0;
    const silent = Bun.serve({
      unix: join(folder, "shop", "host.sock"),
      fetch: () => {
        asked++;
        return new Promise<Response>(() => {});
      },
    });
    const child = start(["ps", "-p", "shop"], { environment: { MESHWISE_STATE_DIR: folder } });
    while (asked === 0) await systemClock.sleep(5);

    child.kill("SIGINT");

    expect(await child.exited).toBe(130);
    silent.stop(true);
    rmSync(join(folder, "shop"), { recursive: true });
  });
});
