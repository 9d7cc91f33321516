// Redis for a service: one connection, pipelined, that is renewed now and then, and a time limit for every command.
import { RedisClient } from "bun";
import { StorageError } from "./http.ts";

const LIFETIME_MS = 15_000;
const COMMAND_MS = 4_000;

export type Redis = {
  send(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  close(): void;
};

export function openRedis(url = process.env.REDIS ?? "redis://redis:6379"): Redis {
  let client = connect(url);
  // a server that comes back, or moves, is found again without a restart of ours
  const renewing = setInterval(() => {
    const old = client;
    client = connect(url);
    setTimeout(() => old.close(), COMMAND_MS);
  }, LIFETIME_MS);
  return {
    send: (command, ...args) => withinLimit(command, client.send(command, args.map(String))),
    close() {
      clearInterval(renewing);
      client.close();
    },
  };
}

function connect(url: string): RedisClient {
  return new RedisClient(url, { connectionTimeout: COMMAND_MS, autoReconnect: true });
}

async function withinLimit(command: string, answer: Promise<unknown>): Promise<unknown> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${COMMAND_MS} ms`)), COMMAND_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw new StorageError(`redis, ${command}: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
  }
}
