// One of several ways, by weight.
import type { Core, Exchange, Layer, Link } from "../shapes.ts";
import type { Target } from "./target.ts";

export type Branch = {
  /** undefined: the reference is not valid */
  readonly target: Target | undefined;
  readonly weight: number;
  /** makes the way, given where it comes out */
  readonly way: (outer: Link) => Link;
};

/** A session stays where it is, else the draw decides. The sum of the weights is not 0. */
export function split(core: Core, branches: readonly Branch[]): Layer {
  const weighted = branches.filter(({ weight }) => weight > 0);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);

  function draw(): Branch | undefined {
    let left = core.deps.random.unit() * total;
    for (const branch of weighted) {
      left -= branch.weight;
      if (left < 0) return branch;
    }
    return weighted.at(-1);
  }

  function branchOf({ pinned }: Exchange): Branch | undefined {
    return pinned && branches.find(({ target }) => target?.()?.backends.includes(pinned));
  }

  return (_, outer) => {
    const ways = new Map(branches.map((branch) => [branch, branch.way(outer)]));
    return {
      run(x) {
        const branch = branchOf(x) ?? draw();
        x.way = (branch && ways.get(branch)) ?? x.way;
        x.way.run(x);
      },
    };
  };
}
