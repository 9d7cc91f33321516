// A turn: one request and its answer on a connection that carries many of them, one after the other. What a pooled
// connection of a database did all day is then as many records as it was asked for something.

import type { ErrorCode } from "../../base/errors/index.ts";

/** What a database says when it does not do what it was asked. */
export type Failure = ErrorCode & `statement_${string}`;

export type Turn = {
  /** what was asked for, without values: `SELECT orders`, `HGET`; "" when it cannot be told */
  name: string;
  readonly startMs: number;
  /** its last byte from the client */
  sentMs: number;
  /** -1: no answer yet */
  firstByteMs: number;
  endMs: number;
  requestBytes: number;
  responseBytes: number;
  /** it may be answered late by intention: its time is no latency */
  isStream: boolean;
  /** the server says that the client was wrong, or that it could not do it, and for want of what */
  failure: Failure | undefined;
};

/** Reads along; it changes and delays nothing. */
export type Dialogue = {
  readonly protocol: "redis" | "postgres" | "turns";
  /** bytes from the client, and from the server. @returns false: from here on it cannot be followed */
  asked(bytes: Uint8Array, nowMs: number): boolean;
  answered(bytes: Uint8Array, nowMs: number): boolean;
  /** the connection is over: turns that were answered in part, or not */
  rest(): readonly Turn[];
};

export function turn(name: string, nowMs: number): Turn {
  return {
    name,
    startMs: nowMs,
    sentMs: nowMs,
    firstByteMs: -1,
    endMs: -1,
    requestBytes: 0,
    responseBytes: 0,
    isStream: false,
    failure: undefined,
  };
}
