// The routes of all services: each has a number for as long as the process lives and a name for ever. When more is learned,
// a route may be folded into another: what was counted under its name belongs to that one from then on, also what is stored.
import { METHODS } from "../../model/span.ts";
import type { Sample } from "../../model/telemetry.ts";
import { type Segment, segmentOf } from "./segment.ts";
import { type Node, type Tree, tree } from "./tree.ts";

export type Route = {
  readonly id: number;
  readonly namespace: string;
  readonly service: string;
  /** `GET /cart/{id}` */
  readonly name: string;
  /** what it is counted as since more was learned */
  folded: Route | undefined;
};

export type RouteNames = {
  /** the name by which a route goes today; as it is when nothing is known of it */
  today(namespace: string, service: string, name: string): string;
};

export type RouteBook = RouteNames & {
  /** the id of an exchange's route; 0: it has none. @param method of METHODS @param isProof it succeeded: there is such a place */
  find(namespace: string, service: string, method: number, path: string, isProof: boolean): number;
  /** the id of a route by a name that somebody gave it */
  named(namespace: string, service: string, name: string): number;
  nameOf(id: number): string;
  /** routes that are there or were */
  all(): readonly Route[];
  /** the same, to be remembered */
  told(): readonly ToldRoute[];
  /** rises when what is told would differ */
  changes(): number;
  /** in place of what is learned: templates such as `/products/{slug}` and `/static/*` */
  declare(services: Sample["services"]): void;
  /** what an earlier process told */
  remember(told: readonly ToldRoute[]): void;
};

export type ToldRoute = {
  readonly namespace: string;
  readonly service: string;
  readonly name: string;
  /** "" when it stands for itself */
  readonly folded: string;
};

export const OTHER_ROUTE = "{other}";
/** of whom only looks whether somebody is well */
export const PROBE_ROUTE = "{probe}";
const OTHER_ID = 1;
export const PROBE_ID = 2;
/** ids from here on are those of a service */
const FIRST_ID = 3;

export type RouteLimits = { readonly perService: number; readonly services: number };
const LIMITS: RouteLimits = { perService: 200, services: 2_000 };
/** from here on (a share of what a service may have) a place must be met more than once to become a route */
const FREE = 0.5;
const OFTEN = 5;
/** names that were told stay told, also those folded away */
const MOST_TOLD = 10;
const MOST_PATHS = 1_024;

type Service = {
  readonly namespace: string;
  readonly name: string;
  readonly byName: Map<string, Route>;
  readonly tree: Tree<Route>;
  /** not folded away */
  live: number;
  /** ids of routes by method and path, as long as `version` is that of the tree */
  readonly paths: Map<string, number>;
  version: number;
};

export function routeBook(limits: Partial<RouteLimits> = {}): RouteBook {
  const most = { ...LIMITS, ...limits };
  const services = new Map<string, Service>();
  const segment = remembering(segmentOf, 8_192);
  const ours = { namespace: "", service: "", folded: undefined };
  const routes: (Route | undefined)[] = [
    undefined,
    { ...ours, id: OTHER_ID, name: OTHER_ROUTE },
    { ...ours, id: PROBE_ID, name: PROBE_ROUTE },
  ];
  let changes = 0;

  /** @param isNew it may be met for the first time */
  const serviceOf = (namespace: string, name: string, isNew = true): Service | undefined => {
    const key = `${namespace}/${name}`;
    let found = services.get(key);
    if (!found && isNew && services.size < most.services) {
      const made: Service = {
        ...{ namespace, name, byName: new Map(), live: 0, paths: new Map(), version: 0 },
        tree: tree<Route>({
          segment,
          fold(route, method, to) {
            const into = to.routes.get(method) ?? tell(made, to, method, true);
            if (into === route || into === undefined) return;
            if (!route.folded) made.live--;
            route.folded = into;
            changes++;
          },
        }),
      };
      found = made;
      services.set(key, found);
    }
    return found;
  };

  const named = (of: Service, name: string): Route | undefined => {
    let found = of.byName.get(name);
    if (!found) {
      if (of.byName.size >= most.perService * MOST_TOLD) return undefined;
      found = { id: routes.length, namespace: of.namespace, service: of.name, name, folded: undefined };
      routes.push(found);
      of.byName.set(name, found);
      of.live++;
      changes++;
    }
    return found;
  };

  /** The route of a place. @param isNeeded what is folded into it makes room for it */
  const tell = (of: Service, at: Node<Route>, method: number, isNeeded: boolean): Route | undefined => {
    const known = at.routes.get(method);
    if (known) return known;
    if (!isNeeded) {
      if (of.live >= most.perService) return undefined;
      at.unnamed++;
      if (of.live >= most.perService * FREE && at.unnamed < OFTEN) return undefined;
    }
    const route = named(of, `${METHODS[method]} ${at.template || "/"}`);
    if (route) at.routes.set(method, route);
    return route;
  };

  const byName: RouteBook["named"] = (namespace, service, name) => {
    const of = serviceOf(namespace, service);
    if (!of) return OTHER_ID;
    return (of.byName.get(name) ?? (of.live < most.perService ? named(of, name) : undefined))?.id ?? OTHER_ID;
  };

  const find: RouteBook["find"] = (namespace, name, method, path, isProof) => {
    if (method === 0 && path === "") return 0;
    // a turn of a database's connection: the statement without values is its route
    if (method === 0) return byName(namespace, name, path);
    // whoever calls names that are not there must not take the room of those that are
    const of = serviceOf(namespace, name, isProof);
    if (!of || !path.startsWith("/")) return OTHER_ID;
    if (of.version !== of.tree.version()) {
      of.paths.clear();
      of.version = of.tree.version();
    }
    const key = `${method} ${path}`;
    const known = of.paths.get(key);
    if (known !== undefined) return known;

    const isMade = isProof && METHODS[method] !== "_OTHER";
    const at = of.tree.find(pathOnly(path), isMade);
    const route = at && (isMade ? tell(of, at, method, false) : at.routes.get(method));
    if (!route) return OTHER_ID;
    if (of.version === of.tree.version()) {
      if (of.paths.size >= MOST_PATHS) of.paths.clear();
      of.paths.set(key, route.id);
    }
    return route.id;
  };

  return {
    find,
    named: byName,
    nameOf: (id) => last(routes[id])?.name ?? "",
    today(namespace, service, name) {
      return last(services.get(`${namespace}/${service}`)?.byName.get(name))?.name ?? name;
    },
    all: () => routes.slice(FIRST_ID) as Route[],
    changes: () => changes,
    told: () => (routes.slice(FIRST_ID) as Route[]).map(toldRoute),
    declare(services) {
      for (const { namespace, name, routes } of services) {
        if (!routes) continue;
        serviceOf(namespace, name)?.tree.declare(routes);
      }
    },
    remember(told) {
      for (const { namespace, service, name } of told) {
        const of = serviceOf(namespace, service);
        if (of) named(of, name);
      }
      for (const { namespace, service, name, folded } of told) {
        const of = serviceOf(namespace, service);
        const route = of?.byName.get(name);
        if (!of || !route) continue;
        const into = folded === "" ? undefined : of.byName.get(folded);
        const [method = "", template = ""] = name.split(" ");
        if (!template.startsWith("/")) continue;
        if (!into) {
          const at = of.tree.restore(template);
          at?.routes.set((METHODS as readonly string[]).indexOf(method), route);
        } else if (into !== route && !route.folded) {
          of.tree.restore(folded.split(" ")[1] ?? "", template);
          route.folded = into;
          of.live--;
        }
      }
    },
  };
}

function toldRoute({ namespace, service, name, folded }: Route): ToldRoute {
  return { namespace, service, name, folded: folded?.name ?? "" };
}

/** What it is folded into in the end. Folding goes up to fewer words, so there is no circle; a broken store may have one. */
function last(route: Route | undefined): Route | undefined {
  let at = route;
  for (let steps = 0; at?.folded && steps < 16; steps++) at = at.folded;
  return at;
}

/** Without query and without parameters of segments (`/cart;jsessionid=1`). */
function pathOnly(path: string): string {
  const query = path.search(/[?#]/);
  const only = query < 0 ? path : path.slice(0, query);
  return only.includes(";") ? only.replace(/;[^/]*/g, "") : only;
}

function remembering(look: (text: string) => Segment, most: number): (text: string) => Segment {
  const known = new Map<string, Segment>();
  return (text) => {
    let found = known.get(text);
    if (!found) {
      found = look(text);
      if (known.size >= most) known.clear();
      if (text.length <= 64) known.set(text, found);
    }
    return found;
  };
}
