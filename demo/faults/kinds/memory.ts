// Faults of memory.
import { join } from "node:path";
import { whole } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { deploy } from "../means/deploy.ts";
import { output } from "../shop.ts";
import { version } from "../versions.ts";

const leak: Fault = {
  name: "leak",
  summary: "a new version forgets nothing, until the kernel ends it, again and again",
  needs: ["memoryLimit"],
  draw(random) {
    const drawn = { times: whole(random, 20, 60) * 1_000 };
    const release = version("recommendations", "0.9.5", "leak", "keeps what everybody looked at", drawn, (service) => {
      service.deploy = { ...service.deploy, resources: { limits: { memory: "64M" } } };
    });
    return {
      causes: [
        {
          classes: ["memory", "deployment"],
          subject: { service: "recommendations", version: "0.9.5" },
          what: release.what,
        },
      ],
      symptom: { service: "recommendations", metric: "errors" },
      begin: (hands) => deploy(hands, [release]),
    };
  },
};

const MEGABYTES = 256;

const reclaim: Fault = {
  name: "memory-reclaim",
  summary: "a new version works on a file that is larger than the memory it may have, so that pages come and go",
  needs: ["memoryLimit"],
  draw(random) {
    const pages = whole(random, 3, 8) * 100;
    return {
      causes: [
        {
          classes: ["memory", "deployment", "storage"],
          subject: { service: "recommendations", version: "0.9.5" },
          what: `recommendations 0.9.5 reads ${pages} pages of a file of ${MEGABYTES} MB for each answer, and may have 48 MB`,
        },
      ],
      symptom: { service: "recommendations", metric: "latency" },
      async prepare(hands) {
        const file = learnedIn(hands.shop.data);
        // out of the page cache again: what others have read would cost nothing
        const make =
          'dd if=/dev/urandom of="$0" bs=1M count="$1" conv=fsync && dd of="$0" oflag=nocache conv=notrunc count=0 && chmod a+r "$0"';
        await hands.act({ run: ["rm", "-f", file] }, () => output(["sh", "-c", make, file, String(MEGABYTES)]));
      },
      begin(hands) {
        const release = version(
          "recommendations",
          "0.9.5",
          "learned",
          "reads what was learned",
          { pages },
          (service) => {
            service.deploy = { ...service.deploy, resources: { limits: { memory: "48M" } } };
            service.environment.LEARNED = learnedIn(hands.shop.data);
          },
        );
        return deploy(hands, [release]);
      },
    };
  },
};

function learnedIn(data: string): string {
  return join(data, "learned.bin");
}

export const memory: readonly Fault[] = [leak, reclaim];
