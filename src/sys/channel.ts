// A link between two of our processes: JSON lines on a stream socket, and descriptors on a second socket beside it
// (SCM_RIGHTS). Two sockets, because the runtime's own reads would drop descriptors that arrive on a socket it reads.
// The descriptors of a message are sent before its line, so they are there when the line is read.

export type Channel<In, Out> = {
  /** queues without bound; the other end is one of ours and reads promptly. `fds` stay ours to close: a copy is sent */
  send(message: Out, fds?: readonly number[]): void;
  /** one handler; messages that came before it was set are kept. The receiver owns `fds` and must close or adopt them */
  onMessage(handler: (message: In, fds: readonly number[]) => void): void;
  /** the other end is gone; called once */
  onClose(handler: () => void): void;
  close(): void;
};

/** Two raw ends: [stream, lane] here and [stream, lane] there, to be inherited by a child or sent over another channel. */
export type ChannelEnds = readonly [stream: number, lane: number];
