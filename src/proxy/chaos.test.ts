// Requests and answers cut at random places, peers that leave at random moments: nobody gets another's answer, answers are
// in order, no event trips over another, and nothing stays behind.
import { expect, spyOn, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { type RawConnection, rawClient } from "../../test/support/raw-tcp.ts";
import { seededRandom } from "../base/random.ts";

const { serve, mesh } = proxyFixture();
const CLIENTS = 60;
const REQUESTS = 12;

test.each([1, 2, 3])(
  "chaos with seed %s",
  async (seed) => {
    const random = seededRandom(seed);
    const below = (n: number) => Math.floor(random.unit() * n);
    const complaints = spyOn(console, "error").mockImplementation(() => {});

    /** Sends `text` in random pieces. */
    async function crumble(connection: RawConnection, text: string): Promise<void> {
      for (let at = 0; at < text.length; ) {
        const size = 1 + below(below(4) === 0 ? text.length : 40);
        await connection.send(text.slice(at, at + size));
        at += size;
        if (below(3) === 0) await new Promise(setImmediate);
      }
    }

    const servers = [0, 1].map(() => {
      const buffers = new Map<RawConnection, { text: string; busy: Promise<void> }>();
      return serve((text, connection) => {
        const state = buffers.get(connection) ?? { text: "", busy: Promise.resolve() };
        buffers.set(connection, state);
        state.text += text;
        for (;;) {
          const found = takeRequest(state.text);
          if (!found) return undefined;
          state.text = state.text.slice(found.length);
          state.busy = state.busy.then(() => answer(connection, found.id));
        }
      });
    });

    async function answer(connection: RawConnection, id: string): Promise<void> {
      const body = `<${id}>${"x".repeat(below(3) === 0 ? below(50_000) : below(50))}</${id}>`;
      switch (below(12)) {
        case 0:
          return connection.close();
        case 1:
          return connection.reset();
        case 2:
          await crumble(connection, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length + 9}\r\n\r\n${body}`);
          return connection.close();
        case 3:
          await crumble(connection, `HTTP/1.0 200 OK\r\n\r\n${body}`);
          return connection.close();
        case 4:
        case 5: {
          const half = below(body.length - 1) + 1;
          const chunks = [body.slice(0, half), body.slice(half)].map(
            (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
          );
          return crumble(
            connection,
            `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`,
          );
        }
        case 6:
          return crumble(
            connection,
            `HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          );
        default:
          return crumble(connection, `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      }
    }

    const { port, proxy, counts } = await mesh({ instances: servers.map((server) => server.port), protocol: "http" });

    let answers = 0;
    async function converse(name: number): Promise<void> {
      const client = await rawClient(port);
      const requests = Array.from({ length: REQUESTS }, (_, n) => request(`${name}-${n}`, below));
      const leaves = below(4);
      if (leaves === 0) {
        await crumble(client, requests.join("").slice(0, below(2000)));
        if (below(2) === 0) client.reset();
        else client.close();
        return;
      }
      await crumble(client, requests.join(""));
      client.finish();
      await client.ended();
      answers += expectOwnAnswers(client.text, name);
      client.close();
    }

    await Promise.all(Array.from({ length: CLIENTS }, (_, name) => converse(name)));
    await eventually(() => proxy.connections().every(({ state }) => state === "idle"));
    await proxy.drain(0);

    expect(answers).toBeGreaterThan(CLIENTS);
    expect(complaints.mock.calls).toEqual([]);
    expect([...counts.values()]).toEqual([0, 0]);
    complaints.mockRestore();
  },
  30_000,
);

function request(id: string, below: (n: number) => number): string {
  const body = "b".repeat(below(3000));
  switch (below(4)) {
    case 0:
      return `POST /${id} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    case 1: {
      const chunk = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
      return `PUT /${id} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
    }
    default:
      return `GET /${id} HTTP/1.1\r\nHost: a\r\n\r\n`;
  }
}

/** A whole request at the start of `text`. */
function takeRequest(text: string): { id: string; length: number } | undefined {
  const head = text.indexOf("\r\n\r\n") + 4;
  if (head < 4) return undefined;
  const id = /^\w+ \/(\S+)/.exec(text)?.[1] ?? "";
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  if (/^transfer-encoding: chunked/im.test(text.slice(0, head))) {
    const end = text.indexOf("0\r\n\r\n", head);
    return end < 0 ? undefined : { id, length: end + 5 };
  }
  return text.length < head + length ? undefined : { id, length: head + length };
}

/** Answers come in the order of the requests, each once, none of another client. */
function expectOwnAnswers(text: string, name: number): number {
  const ids = [...text.matchAll(/<(\d+)-(\d+)>/g)].map(([, client, n]) => [Number(client), Number(n)] as const);
  expect(ids.every(([client]) => client === name)).toBe(true);
  const order = ids.map(([, n]) => n);
  expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
  return ids.length;
}
