// Both doors for OTLP, on their ports or, when another has those, on any: workloads find them by name, whatever the port.
import type { Apps } from "./apps.ts";
import { serveOtlpGrpc } from "./otlp-grpc.ts";
import { type Door, serveOtlpHttp } from "./otlp-http.ts";

export type Doors = { readonly http: number; readonly grpc: number; close(): Promise<void> };

export async function openDoors(
  apps: Apps,
  ports: { readonly http: number; readonly grpc: number },
  { names, log }: { readonly names: readonly string[]; readonly log: (text: string) => void },
): Promise<Doors> {
  const orAny = async (name: string, port: number, serve: (port: number) => Door | Promise<Door>): Promise<Door> => {
    try {
      return await serve(port);
    } catch {
      const door = await serve(0);
      log(`${name}: port ${port} is not free, so it listens on ${door.port}`);
      return door;
    }
  };
  const http = await orAny("OTLP/HTTP", ports.http, (port) => serveOtlpHttp(apps, port, names));
  const grpc = await orAny("OTLP/gRPC", ports.grpc, (port) => serveOtlpGrpc(apps, port));
  return {
    http: http.port,
    grpc: grpc.port,
    async close() {
      await Promise.all([http.close(), grpc.close()]);
    },
  };
}
