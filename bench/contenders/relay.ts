// The floor: a program in C that copies bytes.
import { startPinned } from "../support/children.ts";
import { compile } from "../support/tools.ts";
import type { Contender } from "./contender.ts";

export const relay: Contender = {
  name: "relay",
  label: () => "relay.c",
  async start({ folder, core, backendPort }) {
    const child = startPinned(core, [compile("relay", folder), String(backendPort)]);
    return { children: [child], port: Number(await child.readLine()) };
  },
};
