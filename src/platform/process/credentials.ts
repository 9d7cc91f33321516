// Who a workload runs as. As root: any user of the host. Without root the kernel lets us be ourselves alone, so another
// user is only another name for the same one.
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { MeshError } from "../../base/errors/index.ts";

export type Credentials = {
  readonly uid: number;
  readonly gid: number;
  /** supplementary groups, by number */
  readonly groups: readonly number[];
  readonly name: string;
  readonly home: string;
};

/**
 * @param user `uid[:gid]` or names, as in Compose; absent: who started us, or as root the owner of the project's folder,
 *   so that what a service writes there belongs to the same user in both cases
 */
export async function resolveUser(
  user: string | undefined,
  { rootless, directory }: { readonly rootless: boolean; readonly directory: string },
): Promise<Credentials> {
  if (user === undefined || user === "") {
    const [uid, gid] = rootless ? outerIds() : ownerOf(directory);
    return complete(await passwd(String(uid)), uid, gid);
  }
  const [who = "", group] = user.split(":", 2);
  const entry = await passwd(who);
  if (!entry && !/^\d+$/.test(who)) throw new MeshError("user_unknown", who);
  const uid = entry?.uid ?? Number(who);
  if (!group) return complete(entry, uid, entry?.gid ?? uid);
  const gid = await groupId(group);
  // as with containers, a named group stands alone
  return { ...(await complete(entry, uid, gid)), groups: [] };
}

async function complete(entry: Passwd | undefined, uid: number, gid: number): Promise<Credentials> {
  if (!entry) return { uid, gid, groups: [], name: String(uid), home: "/" };
  const groups = (await output(["id", "-G", entry.name])).split(" ").map(Number).filter(Number.isInteger);
  return { uid, gid, groups, name: entry.name, home: entry.home || "/" };
}

/** In the user namespace that an ordinary user made: no other user exists there. (A container's root knows many.) */
export function knowsOnlyOneUser(): boolean {
  return readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[2] === "1";
}

/** Root of a user namespace is someone outside; as in /proc/self/uid_map: `inside outside count`. */
function outerIds(): [uid: number, gid: number] {
  const outer = (file: string) => Number(readFileSync(file, "utf8").trim().split(/\s+/)[1]);
  const { uid, gid } = userInfo();
  if (uid !== 0) return [uid, gid];
  return [outer("/proc/self/uid_map"), outer("/proc/self/gid_map")];
}

function ownerOf(directory: string): [uid: number, gid: number] {
  const { uid, gid } = statSync(directory);
  return [uid, gid];
}

type Passwd = { readonly name: string; readonly uid: number; readonly gid: number; readonly home: string };

/** getent asks whatever the host keeps its users in; /etc/passwd is only one of them */
async function passwd(who: string): Promise<Passwd | undefined> {
  const [name, , uid, gid, , home] = (await output(["getent", "passwd", who])).split(":");
  if (!name || !uid || !gid) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? "/" };
}

async function groupId(group: string): Promise<number> {
  if (/^\d+$/.test(group)) return Number(group);
  const gid = (await output(["getent", "group", group])).split(":")[2];
  if (!gid) throw new MeshError("group_unknown", group);
  return Number(gid);
}

async function output(argv: string[]): Promise<string> {
  try {
    return (await new Response(Bun.spawn(argv, { stdio: ["ignore", "pipe", "ignore"] }).stdout).text()).trim();
  } catch {
    return "";
  }
}
