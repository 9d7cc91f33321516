import { expect, test } from "bun:test";
import { requests } from "./contrast/requests.fixture.ts";
import { hasFailed, isMeshsDoing, kindOfFailures } from "./failures.ts";

const [one] = requests(1);
if (!one) throw new Error("a request was asked for");
const failed = (error: string | undefined, count: number) =>
  Array.from({ length: count }, () => ({ ...one, status: 503, ...(error !== undefined && { error }) }));

test("most of the failures say of which kind they are", () => {
  expect(kindOfFailures([...failed("upstream_reset", 6), ...failed(undefined, 4)])).toBe("network");
  expect(kindOfFailures([...failed("breaker_open", 6), ...failed("upstream_reset", 4)])).toBe("saturation");
  expect(kindOfFailures([...failed("upstream_reset", 4), ...failed(undefined, 6)])).toBeUndefined();
  expect(kindOfFailures([...failed("statement_unwritten", 6), ...failed("statement_failed", 4)])).toBe("storage");
});

test("who gives up waiting accuses nobody, and a deadline is the mesh's doing", () => {
  expect(hasFailed({ ...one, status: 0, error: "client_gone" })).toBe(false);
  expect(hasFailed({ ...one, status: 504, error: "request_overdue" })).toBe(true);
  expect(["request_overdue", "rate_limited"].map(isMeshsDoing)).toEqual([true, true]);
  expect(["upstream_reset", "statement_crowded", undefined].map(isMeshsDoing)).toEqual([false, false, false]);
});
