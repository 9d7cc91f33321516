// Opens meshes and servers for one test file and ends them after each test.
import { afterEach } from "bun:test";
import { type Mesh, type MeshOptions, testMesh } from "./proxy-harness.ts";
import { type RawServer, rawServer } from "./raw-tcp.ts";

export type Fixture = {
  serve(...args: Parameters<typeof rawServer>): RawServer;
  mesh(options: MeshOptions): Promise<Mesh>;
};

export function proxyFixture(): Fixture {
  const open: Array<{ stop(): unknown }> = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
  });
  return {
    serve(...args) {
      const server = rawServer(...args);
      open.push(server);
      return server;
    },
    async mesh(options) {
      const made = await testMesh(options);
      open.push(made);
      return made;
    },
  };
}
