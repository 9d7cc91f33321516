import { expect, test } from "bun:test";
import { commandText } from "./command-text.ts";

function evaluated(environment: Record<string, string>, argv: string[]): string {
  const text = commandText({ argv, environment, workingDirectory: "/tmp" });
  const script = `mw_env_program=/usr/bin/env; eval "$mw_text"; cd "$mw_directory"; mw_env "$@" 3>/dev/null`;
  return Bun.spawnSync(["sh", "-c", script], { env: { mw_text: text, PATH: process.env.PATH } }).stdout.toString();
}

test.each(["it's", '"$HOME" `id` \\', "two\nlines", "", "-n", "öä 🙂", "a\tb"])(
  "the argument %p arrives as it is",
  (text) => {
    expect(evaluated({}, ["printf", "[%s]", text, "end"])).toBe(`[${text}][end]`);
  },
);

test.each(["PLAIN", "lower_1", "UID", "IFS", "app.name", "with-dash", "mw_directory", "BASH_ENV"])(
  "the variable %s arrives as it is",
  (name) => {
    expect(evaluated({ [name]: "it's\n$x" }, ["printenv", name])).toBe("it's\n$x\n");
  },
);
