import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateDirectory } from "../../src/model/state-directory.ts";
// @ts-expect-error: plain JavaScript, as it runs before the set-up
import { beginHistory } from "./history.mjs";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "meshwise-history-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([["MESHWISE_STATE_DIR"], ["XDG_STATE_HOME"]])(
  "a demo's state is where the mesh has it by %s, and goes",
  (name) => {
    const { root } = stateDirectory("shop", { [name]: home });
    const { forget } = beginHistory("shop", { [name]: home });
    writeFileSync(join(root, "store"), "");

    forget();

    expect(existsSync(root)).toBe(false);
  },
);

test("what a killed demo left is begun anew, somebody's own project stays", () => {
  const [demo, own] = ["shop", "mine"].map((name) => stateDirectory(name, { MESHWISE_STATE_DIR: home }));
  beginHistory("shop", { MESHWISE_STATE_DIR: home });
  for (const one of [demo!, own!]) {
    mkdirSync(one.root, { recursive: true });
    writeFileSync(one.store, "");
  }

  beginHistory("shop", { MESHWISE_STATE_DIR: home });
  beginHistory("mine", { MESHWISE_STATE_DIR: home }).forget();

  expect([demo!, own!].map(({ store }) => existsSync(store))).toEqual([false, true]);
});
