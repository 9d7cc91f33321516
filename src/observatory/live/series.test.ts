import { expect, test } from "bun:test";
import { ERROR_CODES, type ErrorCode } from "../../base/errors/index.ts";
import { seriesBook } from "./series.ts";

function failed(code: ErrorCode | undefined, statusClass: number) {
  const end = (name: string) => ({ name, namespace: "shop" });
  const error = code === undefined ? 0 : ERROR_CODES.indexOf(code) + 1;
  const { isSuccess, isFault, isOurs } = seriesBook().find(end("web"), end("cart"), 80, 1, statusClass, error);
  return { isSuccess, isFault, isOurs };
}

test.each([
  ["an answer of 200", undefined, 2, { isSuccess: true, isFault: false, isOurs: false }],
  ["an answer of 500", undefined, 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["the callee does not listen", "upstream_refused", 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["it is too slow for the route", "request_overdue", 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["the caller went away", "client_gone", 0, { isSuccess: false, isFault: false, isOurs: false }],
  ["the caller asks too much", "rate_limited", 4, { isSuccess: false, isFault: false, isOurs: false }],
  ["an upgrade cut it", "proxy_draining", 0, { isSuccess: false, isFault: false, isOurs: true }],
] as const)("who is to blame: %s", (_, code, statusClass, verdict) => {
  expect(failed(code, statusClass)).toEqual(verdict);
});
