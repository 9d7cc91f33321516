// nginx, set up by its own book: keep-alive on both sides, no log, one process, the fields that our published port adds.
import { chmodSync, mkdirSync } from "node:fs";
import { startPinned } from "../support/children.ts";
import { freePort } from "../support/loopback.ts";
import { versionOf } from "../support/tools.ts";
import type { Contender } from "./contender.ts";

export const nginx: Contender = {
  name: "nginx",
  label: () => `nginx ${versionOf(["nginx", "-v"])}`,
  async start({ folder, core, backendPort }) {
    const port = freePort();
    const prefix = `${folder}/nginx`;
    mkdirSync(prefix);
    // Its worker gives root up, and writes large bodies into folders of its own under this one.
    chmodSync(folder, 0o755);
    await Bun.write(`${prefix}/nginx.conf`, config(port, backendPort));
    const command = ["nginx", "-p", prefix, "-e", `${prefix}/error.log`, "-c", `${prefix}/nginx.conf`];
    return { children: [startPinned(core, command, { log: `${folder}/nginx.log` })], port };
  },
};

// One process without master: the same event loop, and nothing is left behind if the bench is killed.
function config(port: number, backendPort: number): string {
  return `daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log error.log crit;
events { worker_connections 4096; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 60s;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream catalog {
    server 127.0.0.1:${backendPort};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://catalog;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto http;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header traceparent 00-$request_id-b7ad6b7169203331-01;
    }
  }
}
`;
}
