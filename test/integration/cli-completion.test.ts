// The completion scripts, asked through the shells they are for.
import { expect, test } from "bun:test";
import { meshwise } from "../support/command-line.ts";

const { out: SCRIPT } = await meshwise(["completion", "bash"]);

/** what bash offers for the last word */
async function offered(...words: readonly string[]): Promise<string[]> {
  const line = ["meshwise", ...words];
  const quoted = line.map((word) => `'${word}'`).join(" ");
  const script = `${SCRIPT}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _meshwise; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "--norc", "-c", script], { stdout: "pipe", stderr: "pipe" });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(errors).toBe("");
  return out.split("\n").filter(Boolean);
}

test("bash completes commands", async () => {
  expect(await offered("st")).toEqual(["stat", "stitch"]);
  expect(await offered("")).toContain("completion");
});

test("bash completes options of the command at hand", async () => {
  expect(await offered("tap", "--fo")).toEqual(["--follow"]);
  expect(await offered("stat", "--fo")).toEqual([]);
});

test("bash completes the values of options and of arguments", async () => {
  expect(await offered("stat", "-o", "")).toEqual(["table", "wide", "json", "yaml", "ndjson"]);
  expect(await offered("stat", "--output", "nd")).toEqual(["ndjson"]);
  expect(await offered("debug", "co")).toEqual(["config", "connections"]);
  expect(await offered("help", "ed")).toEqual(["edges"]);
});

test("bash sees the command behind options with values", async () => {
  expect(await offered("-p", "shop", "debug", "pro")).toContain("profile");
});

test("the scripts of zsh and fish name every command and are well-formed as far as a shell here can tell", async () => {
  const commands = (await offered("")).filter((word) => !word.startsWith("-") && word !== "help");
  for (const shell of ["zsh", "fish"]) {
    const { code, out } = await meshwise(["completion", shell]);
    expect(code).toBe(0);
    for (const command of commands) expect(out).toContain(command);
    if (!Bun.which(shell)) continue;
    const parse = Bun.spawn([shell, "-n", "/dev/stdin"], { stdin: new Blob([out]), stderr: "pipe" });
    expect(await new Response(parse.stderr).text()).toBe("");
  }
});
