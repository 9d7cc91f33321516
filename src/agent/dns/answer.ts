// Answers one DNS query (RFC 1035): a value in, bytes out. Own names are answered from the configuration, others by asking
// outside. What is no query is dropped, so that nobody can make us answer an answer.
import dnsPacket, { type Answer, type DecodedPacket, type OptAnswer } from "dns-packet";
import type { DnsRcode, ResolveAnswer } from "../../model/messages.ts";
import { isVirtual, type Names } from "./names.ts";

/** seconds; a service's address never changes, but a name may go away */
const OWN_TTL = 5;
const MAX_OUTSIDE_TTL = 300;
/** what a client without EDNS can take over UDP (RFC 1035 §4.2.1), and the most that we send (DNS flag day 2020) */
const PLAIN_UDP_BYTES = 512;
const MAX_UDP_BYTES = 1232;

const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
type Code = keyof typeof CODES;

export type Outside = (name: string, family: 4 | 6) => Promise<Omit<ResolveAnswer, "type" | "id">>;

export type DnsDeps = {
  readonly names: Names;
  /** absent: the policy keeps the workload inside, and names of the outside do not exist for it */
  readonly outside?: Outside;
};

type Reply = { readonly code: Code; readonly answers: readonly Answer[]; readonly isOurs: boolean };

/** The response's bytes; undefined: that was no query, say nothing. */
export async function answerQuery(
  query: Uint8Array,
  transport: "udp" | "tcp",
  deps: DnsDeps,
): Promise<Uint8Array | undefined> {
  const packet = decode(query);
  if (packet?.type !== "query") return undefined;
  if ((((packet.flags ?? 0) >> 11) & 0xf) !== 0) return encode(packet, empty("NOTIMP"), transport);
  const question = packet.questions?.[0];
  if (!question || packet.questions?.length !== 1 || !isName(question.name)) {
    return encode({ ...packet, questions: [] }, empty("FORMERR"), transport);
  }
  if (question.class !== "IN") return encode(packet, empty("REFUSED"), transport);
  return encode(packet, await reply(question.name, question.type, deps), transport);
}

async function reply(name: string, type: string, { names, outside }: DnsDeps): Promise<Reply> {
  if (type === "PTR") {
    const found = names.reverse(name);
    if (found === "none" || found === "outside") return empty("NXDOMAIN", found === "none");
    return { code: "NOERROR", answers: [{ name, type, class: "IN", ttl: OWN_TTL, data: found }], isOurs: true };
  }
  const found = names.find(name);
  switch (found.kind) {
    case "service":
      return own(name, type, found.address);
    case "loopback":
      return own(name, type, { v4: "127.0.0.1", v6: "::1" });
    case "none":
      return empty("NXDOMAIN", true);
    case "outside":
      return outside ? fromOutside(name, type, outside) : empty("NXDOMAIN");
  }
}

function own(name: string, type: string, address: { v4: string; v6: string }): Reply {
  const answers: Answer[] = [];
  if (type === "A" || type === "ANY") answers.push({ name, type: "A", class: "IN", ttl: OWN_TTL, data: address.v4 });
  if (type === "AAAA" || type === "ANY")
    answers.push({ name, type: "AAAA", class: "IN", ttl: OWN_TTL, data: address.v6 });
  return { code: "NOERROR", answers, isOurs: true }; // no data of another type is NOERROR: the name exists
}

/** The host's resolver tells addresses only. SVCB and HTTPS are asked by habit and may be absent; others we cannot know. */
async function fromOutside(name: string, type: string, outside: Outside): Promise<Reply> {
  if (type === "HTTPS" || type === "SVCB" || type === "UNKNOWN_65" || type === "UNKNOWN_64") return empty("NOERROR");
  if (type !== "A" && type !== "AAAA") return empty("NOTIMP");
  const { rcode, addresses, ttlS } = await outside(name, type === "A" ? 4 : 6);
  const ttl = Math.max(0, Math.min(ttlS, MAX_OUTSIDE_TTL));
  const kept = addresses.filter((address) => address.includes(":") === (type === "AAAA") && !isVirtual(address));
  return {
    code: rcode satisfies DnsRcode,
    answers: kept.map((data) => ({ name, type, class: "IN", ttl, data })),
    isOurs: false,
  };
}

function empty(code: Code, isOurs = false): Reply {
  return { code, answers: [], isOurs };
}

function decode(bytes: Uint8Array): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return undefined;
  }
}

function encode(query: DecodedPacket, { code, answers, isOurs }: Reply, transport: "udp" | "tcp"): Uint8Array {
  const opt = query.additionals?.find((record): record is OptAnswer & { name: string } => record.type === "OPT");
  const limit = transport === "tcp" ? 65_535 : udpLimit(opt);
  const flags =
    ((query.flags ?? 0) & dnsPacket.RECURSION_DESIRED) |
    dnsPacket.RECURSION_AVAILABLE |
    (isOurs ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
    CODES[code];
  const build = (extraFlags: number, records: readonly Answer[]) =>
    dnsPacket.encode({
      type: "response",
      id: query.id ?? 0,
      flags: flags | extraFlags,
      questions: query.questions ?? [],
      answers: [...records],
      additionals: opt
        ? [
            {
              type: "OPT",
              name: ".",
              udpPayloadSize: MAX_UDP_BYTES,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ]
        : [],
    });
  const whole = build(0, answers);
  return whole.length <= limit ? whole : build(dnsPacket.TRUNCATED_RESPONSE, []);
}

function udpLimit(opt: OptAnswer | undefined): number {
  return Math.min(Math.max(opt?.udpPayloadSize ?? 0, PLAIN_UDP_BYTES), MAX_UDP_BYTES);
}

/** Host names and what service discovery makes of them (RFC 1123 §2.1, RFC 8552); the root itself is no name to ask for. */
function isName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(name);
}
