import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inObservatory } from "../../../test/support/open-observatory.ts";
import { formatLogLine } from "../../model/log-line.ts";

test("printed and sent lines are found together, in order, masked, by service, text and trace", async () => {
  await inObservatory(async ({ observatory, clock, directory }) => {
    const nowUs = clock.nowUs();
    const print = (service: string, lines: readonly string[]) => {
      mkdirSync(join(directory, "logs", service), { recursive: true });
      const at = (index: number) => nowUs - 10e6 + index * 1e6;
      const text = lines.map((text, index) => formatLogLine({ timeUs: at(index), stream: "stdout", text })).join("");
      writeFileSync(join(directory, "logs", service, `${service}-1.log`), text);
    };
    print("cart", ["asked", "token=abc sent"]);
    print("pay", ["asked too"]);
    print("mesh", ["of the mesh itself"]);
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const record = (text: string, more = {}) => ({
      timeUnixNano: BigInt(nowUs - 8_500_000) * 1000n,
      severityNumber: 13,
      body: { stringValue: text },
      ...more,
    });
    const attributes = [{ key: "service.name", value: { stringValue: "cart" } }];
    const logRecords = [
      record("of a trace", { traceId }),
      record("of none", { timeUnixNano: BigInt(nowUs - 8_000_000) * 1000n }),
    ];
    observatory.apps.logs({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] });
    const found = async (query: object) => {
      const window = { fromUs: nowUs - 60e6, toUs: nowUs };
      const { logs } = await observatory.logs({ ...window, limit: 10, ...query });
      return logs.map(({ service, source, level, text }) => [service, source, level, text].join(" "));
    };

    expect(await found({})).toEqual([
      "cart stdout  asked",
      "pay stdout  asked too",
      "cart stdout  token=*** sent",
      "cart otlp warn of a trace",
      "cart otlp warn of none",
    ]);
    expect(await found({ service: "pay" })).toEqual(["pay stdout  asked too"]);
    expect(await found({ service: "shop/pay" })).toEqual(["pay stdout  asked too"]);
    expect(await found({ contains: "asked" })).toEqual(["cart stdout  asked", "pay stdout  asked too"]);
    expect(await found({ limit: 1, service: "cart" })).toHaveLength(1);
    const trace = { id: traceId, calls: [], services: new Set(["pay"]) };
    expect(await found({ trace })).toEqual(["pay stdout  asked too", "cart otlp warn of a trace"]);
  });
});
