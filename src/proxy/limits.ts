// Every limit of the data plane in one table: a peer that sends nothing, too much or for ever costs a known amount.
import type { Limits } from "../protocol/http1/types.ts";

export const LIMITS = {
  /** a head that began to arrive must be complete by then: slow enough for a bad mobile link, too fast for a slowloris */
  headMs: 10_000,
  /** a client's kept connection without a request; above the 60 s of common clients, so that they close first */
  keepAliveMs: 75_000,
  /** the longest time one try to connect may take; Linux sends the SYN at 0, 1 and 3 s, so two losses are survived */
  connectMs: 5_000,
  /** until the first byte of the answer: generous, because a mesh must not break a slow report that worked without it */
  firstByteMs: 300_000,
  /** no byte in either direction of an exchange: long enough for event streams with a heartbeat each minute or so */
  streamIdleMs: 300_000,
  /** no byte on an opaque connection or tunnel; databases' pools rest for hours, dead peers are found by TCP keep-alive */
  tunnelIdleMs: 24 * 3_600_000,
  /** a client that said it will send no more (FIN) still gets its answer within this time, then it counts as gone */
  halfClosedMs: 2_000,
  /** wait for the client's FIN after our last answer, so that unread bytes do not turn it into a reset (RFC 9112 §9.6) */
  lingerMs: 2_000,
  /** a client that says nothing for so long speaks a protocol whose server begins: dial, and listen to both */
  silenceMs: 100,
  /** longest rest of a pooled connection to the app; its own limit is learned when it closes earlier */
  poolIdleMs: 55_000,
  /** non-idempotent requests only go onto connections that rested less, until the app's own limit is known: node's is 5 s */
  poolTrustMs: 3_000,
  /** rest of a body that is read and thrown away after an early answer, so that the connection can be kept */
  discardBytes: 256 * 1024,
  /** a request that waits for a connection, where their number is limited */
  pendingMs: 10_000,
  /** of a request's body, kept in case the request must be sent again */
  keptBodyBytes: 64 * 1024,
  /** a worker that stops closes a caller's connection that carried nothing for so long: whoever is busy asks again by then,
   *  and is told with the answer; of the others some use a connection in the moment in which we close it, fewer the longer
   *  they were silent. Common clients let go of a connection after four seconds */
  drainSilenceMs: 5_000,
  /** how often deadlines are looked at; they are late by at most this */
  sweepMs: 250,

  /** a line that might become HTTP; longer ones are another protocol (equals the largest request line) */
  detectBytes: 16 * 1024,
  /** bytes kept for one side while the other does not take them; a read is at most 512 KiB, so one read above it */
  bufferedBytes: 256 * 1024,
  /** accepted connections per worker: each takes two descriptors, and the usual hard limit is 64 Ki or more */
  connections: 20_000,
  /** connects under way per worker; beyond it something is down and waiting helps nobody */
  connecting: 2_000,
  /** resting connections per endpoint; more would be the app's descriptors that we waste */
  poolIdle: 256,
  /** copies of requests under way per worker; beyond it requests are not copied: the real ones come first */
  mirrors: 1_000,
  /** endpoints tried for one request or connection before it fails */
  tries: 4,
  /** outside addresses remembered (pools, what was learned about them); the oldest without connections is forgotten */
  egressTargets: 4_096,

  head: { headBytes: 64 * 1024, fieldCount: 200, trailerBytes: 16 * 1024 } satisfies Limits,
} as const;
