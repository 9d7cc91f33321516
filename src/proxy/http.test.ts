// HTTP/1.1 through the data plane: what each side sees of the other.
import { afterEach, expect, test } from "bun:test";
import { type Mesh, type MeshOptions, testMesh } from "../../test/support/proxy-harness.ts";
import { ok, type RawServer, rawClient, rawServer } from "../../test/support/raw-tcp.ts";

const open: Array<{ stop(): unknown }> = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.stop();
});

function serve(...args: Parameters<typeof rawServer>): RawServer {
  const server = rawServer(...args);
  open.push(server);
  return server;
}

async function mesh(options: MeshOptions): Promise<Mesh> {
  const made = await testMesh(options);
  open.push(made);
  return made;
}

test("a request reaches the service as it was sent, and the answer comes back", async () => {
  const server = serve(() => ok("hello", "X-CasE: Kept\r\n"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET /a?b=c HTTP/1.1\r\nHost: app:8080\r\nX-Odd-CASE: 1\r\n\r\n");

  expect(await client.until("hello")).toBe("HTTP/1.1 200 OK\r\nX-CasE: Kept\r\nContent-Length: 5\r\n\r\nhello");
  expect(server.connections[0]?.text).toMatch(
    /^GET \/a\?b=c HTTP\/1\.1\r\nHost: app:8080\r\nX-Odd-CASE: 1\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n\r\n$/,
  );
});
