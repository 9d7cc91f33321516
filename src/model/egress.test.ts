import { expect, test } from "bun:test";
import { isForbiddenEgress } from "./egress.ts";

test.each([
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["169.254.169.254", "credentials"],
  ["169.254.0.1", "link-local"],
  ["100.100.100.200", "metadata"],
  ["192.0.0.192", "metadata"],
  ["168.63.129.16", "metadata"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.250", "multicast"],
  ["240.1.0.1", "virtual"],
  ["255.255.255.255", "virtual"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["ff02::1", "multicast"],
  ["fd00:ec2::254", "metadata"],
  ["fd20:ce::254", "metadata"],
  ["fd00:6d77:1::1", "virtual"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:169.254.169.254", "link-local"],
  ["::ffff:0:127.0.0.1", "loopback"],
  ["::127.0.0.1", "loopback"],
  ["64:ff9b::a9fe:a9fe", "link-local"],
  ["2002:7f00:1::", "loopback"],
  ["localhost", "not an IP address"],
  ["127.1", "not an IP address"],
  ["0x7f000001", "not an IP address"],
  ["fe80::1%eth0", "not an IP address"],
  ["", "not an IP address"],
])("%p is never reachable: %s", (address, reason) => {
  expect(isForbiddenEgress(address)).toContain(reason);
});

test.each([
  ["1.1.1.1"],
  ["10.0.0.5"],
  ["100.100.100.201"],
  ["126.255.255.255"],
  ["128.0.0.1"],
  ["169.253.255.255"],
  ["223.255.255.255"],
  ["2606:4700::1111"],
  ["fd00:6d78::1"],
  ["fec0::1"],
  ["::ffff:1.1.1.1"],
  ["64:ff9b::101:101"],
])("%s is for the policy to decide", (address) => {
  expect(isForbiddenEgress(address)).toBeUndefined();
});
