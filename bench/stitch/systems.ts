// Whole systems that are known from papers and repositories, as far as their architecture is public: who calls whom, in
// which order, what is cached, what goes on after the answer. Times are made up. A store is not instrumented: nobody
// records what it received.
import type { Random } from "../../src/base/random.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { Act, Program, ServicePlan } from "./world.ts";

export type System = {
  readonly name: string;
  readonly entry: string;
  readonly plans: readonly ServicePlan[];
  /** services that record no spans */
  readonly stores: ReadonlySet<string>;
};

/** own work between two steps, µs */
const OWN_US = 150;

type Step = Act | ((random: Random) => Iterable<Step>);

const call = (to: string, route = "GET /"): Act => ({ do: "call", to, route });
const work = (meanUs = OWN_US): Act => ({ do: "work", meanUs });
const some =
  (share: number, ...steps: readonly Step[]): Step =>
  (random) =>
    random.unit() < share ? steps : [];
const times =
  (least: number, most: number, ...steps: readonly Step[]): Step =>
  (random) =>
    Array.from({ length: least + (random.u32() % (most - least + 1)) }, () => steps).flat();

/** Own work before each step, and after the last. */
function* flat(random: Random, steps: Iterable<Step>): Iterable<Act> {
  for (const step of steps) {
    if (typeof step === "function") yield* flat(random, step(random));
    else yield* [work(), step];
  }
}

const program =
  (...steps: readonly Step[]): Program =>
  (random) => [...flat(random, steps), work()];
const all = (...branches: readonly (Step | readonly Step[])[]): Act => ({
  do: "all",
  of: branches.map((steps) => (random) => [...flat(random, Array.isArray(steps) ? steps : [steps as Step])]),
});
/** as many branches as drawn */
const each =
  (least: number, most: number, ...steps: readonly Step[]): Step =>
  (random) => [all(...Array.from({ length: least + (random.u32() % (most - least + 1)) }, () => steps))];
const later = (...steps: readonly Step[]): Act => ({ do: "later", program: program(...steps) });

function service(name: string, routes: Readonly<Record<string, readonly Step[]>>, more: Partial<ServicePlan> = {}) {
  const programs = Object.entries(routes).map(([route, steps]) => [route, program(...steps)] as const);
  return { name, runs: "threads" as const, threads: 512, routes: Object.fromEntries(programs), ...more };
}

/** What it takes, by operation, µs. */
function store(name: string, operations: Readonly<Record<string, number>>): ServicePlan {
  const routes = Object.entries(operations).map(([operation, us]) => [operation, (() => [work(us)]) as Program]);
  return { name, runs: "threads", threads: 512, routes: Object.fromEntries(routes) };
}

const memcached = (name: string) => store(name, { get: 250, set: 250 });
const redis = (name: string) => store(name, { get: 200, update: 250 });
const mongo = (name: string) => store(name, { find: 1200, insert: 1500, update: 1500 });
const isStore = (name: string) => /^(memcached|redis|mongo|mysql)-/.test(name);

function system(name: string, entry: string, plans: readonly ServicePlan[]): System {
  return { name, entry, plans, stores: new Set(plans.map(({ name }) => name).filter(isStore)) };
}

/** what is looked up in a cache first */
const cached = (name: string, missShare: number): Step[] => [
  call(`memcached-${name}`, "get"),
  some(missShare, call(`mongo-${name}`, "find"), call(`memcached-${name}`, "set")),
];

const socialNetwork = system("social network", "nginx", [
  service("nginx", {
    "POST /compose": [call("compose-post", "Compose")],
    "GET /home": [call("home-timeline", "Read")],
    "GET /user": [call("user-timeline", "Read")],
  }),
  service("compose-post", {
    Compose: [
      all(
        call("text", "Compose"),
        call("user", "ComposeCreator"),
        call("media", "Compose"),
        call("unique-id", "Compose"),
      ),
      all(call("post-storage", "Store"), call("user-timeline", "Write"), call("home-timeline", "Write")),
    ],
  }),
  service("text", { Compose: [all(call("url-shorten", "Compose"), call("user-mention", "Compose"))] }),
  service("url-shorten", { Compose: [some(0.6, call("mongo-url", "insert"))] }),
  service("user-mention", { Compose: [some(0.5, ...cached("user", 0.3))] }),
  service("user", { ComposeCreator: [] }),
  service("media", { Compose: [] }),
  service("unique-id", { Compose: [] }),
  service("post-storage", {
    Store: [call("mongo-post", "insert")],
    Read: [call("memcached-post", "get"), some(0.4, call("mongo-post", "find"), later(call("memcached-post", "set")))],
  }),
  service("user-timeline", {
    Write: [call("mongo-timeline", "update"), call("redis-timeline", "update")],
    Read: [
      call("redis-timeline", "get"),
      some(0.3, call("mongo-timeline", "find"), call("redis-timeline", "update")),
      call("post-storage", "Read"),
    ],
  }),
  service("home-timeline", {
    Write: [call("social-graph", "Followers"), times(1, 5, call("redis-home", "update"))],
    Read: [call("redis-home", "get"), call("post-storage", "Read")],
  }),
  service("social-graph", {
    Followers: [call("redis-graph", "get"), some(0.3, call("mongo-graph", "find"), call("redis-graph", "update"))],
  }),
  ...["user", "post"].map((name) => memcached(`memcached-${name}`)),
  ...["timeline", "home", "graph"].map((name) => redis(`redis-${name}`)),
  ...["url", "user", "post", "timeline", "graph"].map((name) => mongo(`mongo-${name}`)),
]);

const hotelReservation = system("hotel reservation", "frontend", [
  service("frontend", {
    "GET /hotels": [call("search", "Nearby"), call("reservation", "Check"), call("profile", "Get")],
    "GET /recommendations": [call("recommendation", "Get"), call("profile", "Get")],
    "POST /reservation": [call("user", "Check"), call("reservation", "Make")],
    "POST /user": [call("user", "Check")],
  }),
  service("search", { Nearby: [call("geo", "Nearby"), call("rate", "Get")] }),
  service("geo", { Nearby: [work(300)] }),
  service("rate", {
    Get: [
      call("memcached-rate", "get"),
      some(0.4, each(1, 4, call("mongo-rate", "find"), call("memcached-rate", "set"))),
    ],
  }),
  service("profile", {
    Get: [
      call("memcached-profile", "get"),
      some(0.4, each(1, 4, call("mongo-profile", "find"), later(call("memcached-profile", "set")))),
    ],
  }),
  service("reservation", {
    Check: [
      call("memcached-reserve", "get"),
      some(0.3, times(1, 3, call("mongo-reservation", "find"))),
      some(0.1, call("memcached-reserve", "set")),
    ],
    Make: [
      times(1, 3, call("memcached-reserve", "get"), some(0.4, call("mongo-reservation", "find"))),
      call("mongo-reservation", "insert"),
      call("memcached-reserve", "set"),
    ],
  }),
  service("recommendation", { Get: [work(500)] }),
  service("user", { Check: [work(200)] }),
  ...["rate", "profile", "reserve"].map((name) => memcached(`memcached-${name}`)),
  ...["rate", "profile", "reservation"].map((name) => mongo(`mongo-${name}`)),
]);

const upload = call("compose-review", "Upload");
const mediaMicroservices = system("media", "nginx", [
  service("nginx", {
    "POST /review": [
      all(call("unique-id", "Upload"), call("text", "Upload"), call("user", "Upload"), call("movie-id", "Upload")),
    ],
    "GET /movie": [call("page", "Read")],
  }),
  service("unique-id", { Upload: [upload] }),
  service("text", { Upload: [upload] }),
  service("user", { Upload: [...cached("user", 0.2), upload] }),
  service("movie-id", { Upload: [...cached("movie", 0.2), all(upload, call("rating", "Upload"))] }),
  service("rating", { Upload: [upload, call("redis-rating", "update")] }),
  service("compose-review", {
    Upload: [
      call("memcached-compose", "set"),
      call("memcached-compose", "get"),
      some(0.2, all(call("review-storage", "Store"), call("user-review", "Upload"), call("movie-review", "Upload"))),
    ],
  }),
  service("review-storage", { Store: [call("mongo-review", "insert")], Read: cached("review", 0.3) }),
  service("user-review", { Upload: [call("mongo-user-review", "update"), call("redis-user-review", "update")] }),
  service("movie-review", {
    Upload: [call("mongo-movie-review", "update"), call("redis-movie-review", "update")],
    Read: [
      call("redis-movie-review", "get"),
      some(0.3, call("mongo-movie-review", "find")),
      call("review-storage", "Read"),
    ],
  }),
  service("page", {
    Read: [
      all(call("movie-info", "Read"), call("movie-review", "Read")),
      all(call("cast-info", "Read"), call("plot", "Read")),
    ],
  }),
  ...["movie-info", "cast-info", "plot"].map((name) => service(name, { Read: cached(name, 0.3) })),
  ...["user", "movie", "compose", "review", "movie-info", "cast-info", "plot"].map((name) =>
    memcached(`memcached-${name}`),
  ),
  ...["rating", "user-review", "movie-review"].map((name) => redis(`redis-${name}`)),
  ...["user", "movie", "review", "user-review", "movie-review", "movie-info", "cast-info", "plot"].map((name) =>
    mongo(`mongo-${name}`),
  ),
]);

const db = (name: string, operation = "select") => call(`mysql-${name}`, operation);
const trainTicket = system("train ticket", "gateway", [
  service("gateway", {
    "POST /travel/query": [call("travel", "POST /trips/left")],
    "POST /preserve": [call("preserve", "POST /preserve")],
    "GET /orders": [call("order", "POST /refresh")],
    "POST /cancel": [call("cancel", "GET /cancel")],
    "POST /login": [call("auth", "POST /login")],
  }),
  service("travel", {
    "POST /trips/left": [
      call("ticketinfo", "POST /query-for-id"),
      call("ticketinfo", "POST /query-for-id"),
      db("travel"),
      times(
        1,
        4,
        call("route", "GET /route"),
        call("ticketinfo", "POST /query"),
        call("order", "POST /sold"),
        call("seat", "POST /left"),
        call("train", "GET /train"),
      ),
    ],
    "POST /trip": [db("travel"), call("route", "GET /route"), call("train", "GET /train")],
  }),
  service("ticketinfo", {
    "POST /query": [call("basic", "POST /travel")],
    "POST /query-for-id": [call("basic", "GET /station")],
  }),
  service("basic", {
    "POST /travel": [
      call("station", "GET /exist"),
      call("station", "GET /exist"),
      call("train", "GET /train"),
      call("route", "GET /route"),
      call("price", "GET /price"),
    ],
    "GET /station": [call("station", "GET /id")],
  }),
  service("seat", {
    "POST /left": [
      call("travel-route", "GET /route"),
      call("order", "POST /tickets"),
      call("travel-route", "GET /train-type"),
      call("config", "GET /config"),
    ],
    "POST /seat": [call("travel-route", "GET /route"), call("order", "POST /tickets"), call("config", "GET /config")],
  }),
  service("travel-route", {
    "GET /route": [db("travel"), call("route", "GET /route")],
    "GET /train-type": [db("travel")],
  }),
  service("preserve", {
    "POST /preserve": [
      call("security", "GET /check"),
      call("contacts", "GET /contact"),
      call("travel", "POST /trip"),
      call("ticketinfo", "POST /query"),
      call("seat", "POST /seat"),
      call("order", "POST /order"),
      some(0.4, call("assurance", "GET /assurance")),
      some(0.4, call("food", "POST /order")),
      some(0.3, call("consign", "POST /consign")),
      call("user", "GET /id"),
      later(call("notification", "POST /success")),
    ],
  }),
  service("security", { "GET /check": [db("security"), call("order", "GET /security")] }),
  service("cancel", {
    "GET /cancel": [
      call("order", "GET /id"),
      some(0.7, call("order", "PUT /order"), call("inside-payment", "GET /drawback"), call("user", "GET /id")),
      some(0.3, later(call("notification", "POST /cancel"))),
    ],
  }),
  service("order", {
    "POST /refresh": [db("order"), times(0, 4, call("station", "POST /names"))],
    "POST /sold": [db("order")],
    "POST /tickets": [db("order")],
    "POST /order": [db("order"), db("order", "insert")],
    "GET /security": [db("order")],
    "GET /id": [db("order")],
    "PUT /order": [db("order"), db("order", "update")],
  }),
  service("inside-payment", { "GET /drawback": [db("payment"), db("payment", "insert")] }),
  service("auth", { "POST /login": [some(0.6, call("verification", "GET /verify")), db("auth")] }),
  service("verification", { "GET /verify": [] }),
  service("station", { "GET /exist": [db("station")], "GET /id": [db("station")], "POST /names": [db("station")] }),
  ...["route", "train", "price", "config", "contacts", "assurance", "consign", "user", "food"].map((name) =>
    service(name, {
      ...Object.fromEntries(
        [`GET /${name}`, "GET /contact", "GET /id", "POST /order", "POST /consign"].map((route) => [route, [db(name)]]),
      ),
    }),
  ),
  service("notification", { "POST /success": [work(3000)], "POST /cancel": [work(3000)] }),
  ...[
    ...["travel", "order", "security", "payment", "auth", "station", "route", "train", "price", "config", "contacts"],
    ...["assurance", "consign", "user", "food"],
  ].map((name) => store(`mysql-${name}`, { select: 900, insert: 1800, update: 1800 })),
]);

const convert = call("currency", "Convert");
const onlineBoutique = system("online boutique", "frontend", [
  service("frontend", {
    "GET /": [
      call("currency", "GetSupported"),
      call("catalog", "List"),
      call("cart", "Get"),
      times(9, 9, convert),
      call("ad", "Get"),
    ],
    "GET /product": [
      call("catalog", "Get"),
      call("currency", "GetSupported"),
      call("cart", "Get"),
      convert,
      call("recommendation", "List"),
      call("ad", "Get"),
    ],
    "GET /cart": [
      call("currency", "GetSupported"),
      call("cart", "Get"),
      call("recommendation", "List"),
      call("shipping", "Quote"),
      times(0, 4, call("catalog", "Get"), convert),
    ],
    "POST /cart": [call("catalog", "Get"), call("cart", "Add")],
    "POST /checkout": [call("checkout", "Place"), call("recommendation", "List"), call("currency", "GetSupported")],
  }),
  service("checkout", {
    Place: [
      call("cart", "Get"),
      times(1, 4, call("catalog", "Get"), convert),
      call("shipping", "Quote"),
      convert,
      call("payment", "Charge"),
      call("shipping", "Ship"),
      call("cart", "Empty"),
      call("email", "Send"),
    ],
  }),
  service("recommendation", { List: [call("catalog", "List"), times(2, 5, call("catalog", "Get"))] }),
  service("cart", {
    Get: [call("redis-cart", "get")],
    Add: [call("redis-cart", "get"), call("redis-cart", "update")],
    Empty: [call("redis-cart", "update")],
  }),
  service("currency", { Convert: [work(100)], GetSupported: [work(100)] }, { runs: "loop" }),
  service("catalog", { List: [work(400)], Get: [work(200)] }),
  service("shipping", { Quote: [work(200)], Ship: [work(300)] }),
  service("payment", { Charge: [work(1000)] }, { runs: "loop" }),
  service("email", { Send: [work(5000)] }),
  service("ad", { Get: [work(500)] }),
  redis("redis-cart"),
]);

/** As large companies report of their own: some stages of calls, one after the other or at once, many of them caches and
 *  stores, a few services that many use, operations of very different length. */
function production(): System {
  const random = seededRandom(2021);
  const LEVELS = [1, 4, 10, 14];
  const names = LEVELS.map((count, level) => Array.from({ length: count }, (_, i) => `ms-${level}-${i}`));
  const stores = [
    ...Array.from({ length: 6 }, (_, i) => memcached(`memcached-${i}`)),
    ...Array.from({ length: 6 }, (_, i) => store(`mysql-${i}`, { select: 1500, update: 2500 })),
  ];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(from.length * random.unit() ** 2)] as T;
  const OPERATIONS = ["op-0", "op-1", "op-2"];
  const target = (level: number): Act => {
    if (level + 1 < LEVELS.length && random.unit() < 0.6)
      return call(pick(names[level + 1] as string[]), pick(OPERATIONS));
    const { name, routes } = pick(stores);
    return call(name, pick(Object.keys(routes)));
  };
  const stage = (level: number): Step => {
    const kind = random.unit();
    if (kind < 0.2) return all(...Array.from({ length: 2 + (random.u32() % 3) }, () => target(level)));
    if (kind < 0.4) return some(0.2 + 0.6 * random.unit(), target(level));
    if (kind < 0.5) return times(1, 2 + (random.u32() % 5), target(level));
    if (kind < 0.55) return later(target(level));
    return target(level);
  };
  const plans = names.flatMap((of, level) =>
    of.map((name) =>
      service(
        name,
        Object.fromEntries(
          (level === 0 ? [...OPERATIONS, "op-3", "op-4", "op-5"] : OPERATIONS).map((operation) => [
            operation,
            [work(50 * 10 ** random.unit()), ...Array.from({ length: 1 + (random.u32() % 4) }, () => stage(level))],
          ]),
        ),
      ),
    ),
  );
  return system("production", "ms-0-0", [...plans, ...stores]);
}

export const SYSTEMS: readonly System[] = [
  ...[socialNetwork, hotelReservation, mediaMicroservices, trainTicket, onlineBoutique],
  production(),
];
