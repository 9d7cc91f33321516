// What the mesh remembers of a demo goes with it: what was broken in one would else be what is usual in the next.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the project's state is, as src/model/state-directory.ts has it; that cannot be loaded before the set-up. */
function stateOf(project, { MESHWISE_STATE_DIR, XDG_STATE_HOME }) {
  return join(MESHWISE_STATE_DIR || join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "meshwise"), project);
}

/**
 * Begins the project's state anew when it is a demo's, also of one that was killed; state of somebody's own project stays.
 * Only while the project does not run. `forget()` removes what was begun here.
 */
export function beginHistory(project, environment) {
  const root = stateOf(project, environment);
  const mark = join(root, "of-a-demo");
  const forget = () => {
    if (existsSync(mark)) rmSync(root, { recursive: true, force: true });
  };
  forget();
  if (!existsSync(root)) {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    writeFileSync(mark, "npm run demo removes this folder when it ends\n");
  }
  return { forget };
}
