// Faults of what others depend on: the bank, the database, Redis.
import { between, whole } from "../draw.ts";
import { type Fault, only } from "../fault.ts";
import { besideWorkload } from "../means/process.ts";
import { setKey } from "../means/redis.ts";

const DATABASE = "postgres://shop:shop@127.0.0.1:5432/postgres";
/** a server goes on with what it was asked for until it looks whether anybody is still there */
const LOOK = "SET client_connection_check_interval = 500;";

const slowBank: Fault = {
  name: "slow-bank",
  summary: "the bank, which is nobody's here, takes long for a charge",
  needs: ["network"],
  draw(random, scene) {
    // from 6 s on the checkout waits no longer; and few lose patience before 3 s
    const ms = Math.round(between(random, 3_500, 5_500));
    return {
      causes: [
        {
          classes: ["dependency", "unexplained"],
          subject: { service: "payment" },
          what: `the bank takes ${ms} ms for a charge`,
        },
      ],
      symptom: { service: "checkout", metric: "latency" },
      begin: (hands) => setKey(hands, only(scene, "redis"), "bank:ms", String(ms)),
    };
  },
};

const databaseLock: Fault = {
  name: "database-lock",
  summary: "somebody's transaction holds a lock on a table for seconds, again and again",
  needs: ["network", "postgres"],
  draw(random, scene) {
    const held = between(random, 2, 4);
    const free = between(random, 1, 2);
    const sql = `${LOOK} BEGIN; LOCK TABLE stock IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${held.toFixed(1)}); COMMIT`;
    const program = `while psql -q "$0" -c "$1"; do sleep ${free.toFixed(1)}; done`;
    const what = `the table stock is locked for ${held.toFixed(1)} s of every ${(held + free).toFixed(1)} s`;
    return {
      causes: [{ classes: ["dependency", "unexplained", "saturation"], subject: { service: "postgres" }, what }],
      symptom: { service: "inventory", metric: "latency" },
      begin: async (hands) => besideWorkload(hands, only(scene, "postgres"), ["sh", "-c", program, DATABASE, sql]),
    };
  },
};

const report: Fault = {
  name: "report",
  summary: "somebody's report computes on the database for as long as it likes",
  needs: ["network", "postgres"],
  draw(random, scene) {
    const count = whole(random, 4, 8);
    const sql = `${LOOK} SELECT sum(sqrt(a.n::float * b.n)) FROM generate_series(1, 20000) a(n), generate_series(1, 20000) b(n)`;
    const postgres = only(scene, "postgres");
    return {
      causes: [
        {
          classes: ["compute", "saturation"],
          subject: { service: "postgres" },
          what: `${count} reports compute on the database`,
        },
      ],
      symptom: { service: "catalog", metric: "latency" },
      async begin(hands) {
        for (let made = 0; made < count; made++) besideWorkload(hands, postgres, ["psql", "-q", DATABASE, "-c", sql]);
      },
    };
  },
};

const redisScripts: Fault = {
  name: "redis-scripts",
  summary: "somebody's scripts keep Redis from everything else",
  needs: ["network", "redis"],
  draw(random, scene) {
    const rounds = whole(random, 4, 9) * 1_000_000;
    const script = `local n = 0; for i = 1, ${rounds} do n = n + i % 7 end; return n`;
    const program = 'while redis-cli eval "$0" 0; do sleep 0.05; done';
    return {
      causes: [
        {
          classes: ["compute", "saturation"],
          subject: { service: "redis" },
          what: `a script of ${rounds} rounds runs in Redis all the time`,
        },
      ],
      symptom: { service: "cart", metric: "latency" },
      begin: async (hands) => besideWorkload(hands, only(scene, "redis"), ["sh", "-c", program, script]),
    };
  },
};

export const dependencies: readonly Fault[] = [slowBank, databaseLock, report, redisScripts];
