// Faults of a disk.
import { join } from "node:path";
import { whole } from "../draw.ts";
import { type Fault, only } from "../fault.ts";
import { limitWrites } from "../means/cgroup.ts";
import { fill, mountSmallDisk } from "../means/disk.ts";
import { renewLog, renewLogAtEnd } from "../means/redis.ts";

const slowDisk: Fault = {
  name: "slow-disk",
  summary: "the database's disk takes a few writes a second, so that every commit waits",
  needs: ["diskLimit", "postgres"],
  draw(random, scene) {
    const workload = only(scene, "postgres");
    const perSecond = whole(random, 4, 10);
    const what = `the disk of ${workload.id} takes ${perSecond} writes a second`;
    return {
      causes: [{ classes: ["storage"], subject: { service: "postgres", workload: workload.id }, what }],
      symptom: { service: "checkout", metric: "latency" },
      begin: (hands) => limitWrites(hands, workload, hands.shop.data, perSecond),
    };
  },
};

const diskFull: Fault = {
  name: "disk-full",
  summary: "the disk with Redis' log of writes is full, so that it refuses to write",
  needs: ["mount", "network", "redis"],
  draw(random, scene) {
    const redis = only(scene, "redis");
    const megabytes = whole(random, 8, 32);
    const what = `the disk of ${redis.id} has ${megabytes} MB, and they are full`;
    const folder = (data: string) => join(data, "redis", "appendonlydir");
    return {
      causes: [{ classes: ["storage"], subject: { service: "redis", workload: redis.id }, what }],
      symptom: { service: "cart", metric: "errors" },
      async prepare(hands) {
        await renewLogAtEnd(hands, redis);
        await mountSmallDisk(hands, redis, folder(hands.shop.data), megabytes);
        await renewLog(redis);
      },
      begin: (hands) => fill(hands, redis, folder(hands.shop.data)),
    };
  },
};

export const storage: readonly Fault[] = [slowDisk, diskFull];
