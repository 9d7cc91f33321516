// The store numbers peers by itself, so that a file outlives the process that wrote it: this maps its ids to those of the
// process and back.
import type { Names, Peer } from "../names.ts";

export type StoredPeer = Omit<Peer, "id"> & { readonly stored: number };

export type PeerIds = {
  /** stored id by the process's id; complete after `missing` was written */
  byPeer(): Uint32Array;
  /** peers the store does not know yet, with the ids they will have */
  missing(): readonly StoredPeer[];
  /** these have been committed */
  stored(peers: readonly StoredPeer[]): void;
  peerOf(stored: number): Peer;
  /** stored ids of every peer of the service */
  idsOf(service: string): number[];
};

export function peerIds(names: Names, known: readonly StoredPeer[]): PeerIds {
  let byPeer = new Uint32Array(256);
  const byStored = new Map<number, Peer>();
  let next = 1; // 0 is the outside on both sides
  /** every peer below has a stored id */
  let numbered = 1;
  let uncommitted: StoredPeer[] = [];

  const note = (peer: Peer, stored: number) => {
    if (peer.id >= byPeer.length) {
      const larger = new Uint32Array(peer.id * 2);
      larger.set(byPeer);
      byPeer = larger;
    }
    byPeer[peer.id] = stored;
    byStored.set(stored, peer);
    next = Math.max(next, stored + 1);
  };
  for (const { stored, ...peer } of known) note(names.remember(peer), stored);

  return {
    byPeer: () => byPeer,
    missing() {
      const all = names.all();
      for (; numbered < all.length; numbered++) {
        const peer = all[numbered] as Peer;
        if (byPeer[numbered]) continue;
        const stored = next;
        note(peer, stored);
        uncommitted.push({ ...peer, stored });
      }
      return [...uncommitted];
    },
    stored(peers) {
      uncommitted = uncommitted.filter((peer) => !peers.includes(peer));
    },
    peerOf: (stored) => byStored.get(stored) ?? (names.all()[0] as Peer),
    idsOf: (service) =>
      names.idsOf(service).flatMap((id) => (id === 0 ? [0] : byPeer[id] ? [byPeer[id] as number] : [])),
  };
}
