// Whether traffic can be captured: the rules and routes that the agent makes, made in a namespace that vanishes at once.
import type { Machine } from "./machine.ts";
import { type Check, failure, type Group, OK, type Verdict } from "./types.ts";

const IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user", "--net"];

const RULES = {
  set: `table inet meshwise_check {
  set ready { type ipv4_addr . inet_service; elements = { 240.1.0.1 . 80 } }
  chain out { type filter hook output priority filter; ip daddr . tcp dport != @ready meta l4proto tcp reject with tcp reset; }
}`,
  conntrack: `table inet meshwise_check {
  chain out {
    type route hook output priority mangle;
    meta l4proto tcp tcp flags & (fin|syn|rst|ack) == syn ct mark set 1
    ct mark 1 ct direction original meta mark set 1
  }
}`,
  tproxy: `table inet meshwise_check {
  chain in {
    type filter hook prerouting priority mangle;
    iifname "lo" meta mark 1 meta l4proto tcp meta nfproto ipv4 tproxy ip to :15001 accept
    iifname "lo" meta mark 1 meta l4proto tcp meta nfproto ipv6 tproxy ip6 to :15001 accept
  }
}`,
} as const;

const SANDBOX = [
  ...[
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--ipc",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ],
  ...["sh", "-c", "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add check"],
];

const ROUTES = "ip link set lo up && ip route add local 240.0.0.0/4 dev lo && ip rule add fwmark 1 lookup 100";

export function captureChecks(machine: Machine): Group {
  const rule = (name: string, rules: string, module: string): Check => ({
    name,
    look: () =>
      tried(machine, [...IN_A_NAMESPACE, "nft", "-f", "-"], rules, `As root: modprobe ${module}; then try again.`),
  });
  const checks: Check[] = [
    {
      name: "a sandbox of its own can be made",
      look: () => tried(machine, SANDBOX, "", "See the failures above; inside a container it may need --privileged."),
    },
    rule("nftables accepts rules", RULES.set, "nf_tables nft_reject_inet"),
    rule("nftables tracks connections", RULES.conntrack, "nf_conntrack nft_ct"),
    rule("nftables captures connections (TPROXY)", RULES.tproxy, "nft_tproxy"),
    {
      name: "virtual addresses can be routed",
      look: () =>
        tried(
          machine,
          [...IN_A_NAMESPACE, "sh", "-c", ROUTES],
          "",
          "The kernel needs policy routing (CONFIG_IP_MULTIPLE_TABLES).",
        ),
    },
  ];
  return { name: "capture", checks };
}

async function tried(machine: Machine, command: readonly string[], input: string, fix: string): Promise<Verdict> {
  const lacking = ["unshare", "nft", "ip"].find((name) => command.join(" ").includes(name) && !machine.find(name));
  if (lacking) return failure(`${lacking} is not installed`, "Install what is missing above.");
  const { isOk, complaint } = await machine.attempt(command, input);
  return isOk ? OK : failure(complaint, fix);
}
