import { expect, test } from "bun:test";
import { formatIp, parseIp } from "./ip.ts";

test.each([
  ["0.0.0.0"],
  ["240.1.0.12"],
  ["255.255.255.255"],
  ["::"],
  ["::1"],
  ["1::"],
  ["fd00:6d77:1::2"],
  ["2001:db8:0:1:1:1:1:1"],
  ["1:2:3:4:5:6:7:8"],
])("%s is read and written as it is", (text) => {
  const bytes = parseIp(text);
  expect(bytes && formatIp(bytes)).toBe(text);
});

test.each([
  ["::ffff:127.0.0.1", "::ffff:7f00:1"],
  ["FE80::0:1", "fe80::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
])("%s is the same as %s", (text, canonical) => {
  const bytes = parseIp(text);
  expect(bytes && formatIp(bytes)).toBe(canonical);
});

test.each([
  [""],
  ["localhost"],
  ["1.2.3"],
  ["1.2.3.4.5"],
  ["01.2.3.4"],
  ["1.2.3.256"],
  ["0x7f.0.0.1"],
  ["2130706433"],
  ["1.2.3.4 "],
  [":"],
  [":::"],
  ["1::2::3"],
  ["1:2:3:4:5:6:7"],
  ["1:2:3:4:5:6:7:8:9"],
  ["1:2:3:4:5:6:7::8"],
  ["fe80::1%lo"],
  ["::1.2.3"],
  ["1.2.3.4::"],
  ["::g"],
  ["::12345"],
])("%p is no address", (text) => {
  expect(parseIp(text)).toBeUndefined();
});
