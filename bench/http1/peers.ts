// The proxies that ours is compared with, set up by their own books for the same job: HTTP keep-alive on both sides,
// connections to the backend shared and kept, no log, one thread, the fields that our published port adds.
import { chmodSync, mkdirSync } from "node:fs";
import { type Child, startPinned } from "../support/children.ts";
import { freePort } from "../support/loopback.ts";
import { compile } from "../support/tools.ts";

export type Setting = { readonly folder: string; readonly core: number; readonly backendPort: number };

export type Contender = {
  readonly name: string;
  start(setting: Setting): Promise<{ readonly child: Child; readonly port: number }>;
};

export const meshwise: Contender = {
  name: "meshwise",
  async start({ core, backendPort }) {
    const program = new URL("proxy.ts", import.meta.url).pathname;
    const child = startPinned(core, [process.execPath, program, String(backendPort)]);
    return { child, port: Number(await child.readLine()) };
  },
};

export const relay: Contender = {
  name: "relay",
  async start({ folder, core, backendPort }) {
    const program = compile(new URL("relay.c", import.meta.url).pathname, folder);
    const child = startPinned(core, [program, String(backendPort)]);
    return { child, port: Number(await child.readLine()) };
  },
};

export const haproxy: Contender = {
  name: "haproxy",
  async start({ folder, core, backendPort }) {
    const port = freePort();
    const path = `${folder}/haproxy.cfg`;
    await Bun.write(path, haproxyConfig(port, backendPort));
    return { child: startPinned(core, ["haproxy", "-db", "-f", path], `${folder}/haproxy.log`), port };
  },
};

export const nginx: Contender = {
  name: "nginx",
  async start({ folder, core, backendPort }) {
    const port = freePort();
    const prefix = `${folder}/nginx`;
    mkdirSync(prefix);
    // Its worker gives root up, and writes large bodies into folders of its own under this one.
    chmodSync(folder, 0o755);
    await Bun.write(`${prefix}/nginx.conf`, nginxConfig(port, backendPort));
    const command = ["nginx", "-p", prefix, "-e", `${prefix}/error.log`, "-c", `${prefix}/nginx.conf`];
    return { child: startPinned(core, command, `${folder}/nginx.log`), port };
  },
};

function haproxyConfig(port: number, backendPort: number): string {
  return `global
  nbthread 1
  maxconn 4096

defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  http-reuse always

frontend published
  bind 127.0.0.1:${port}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header traceparent 00-%[rand,hex]%[rand,hex]-%[rand,hex]-01
  default_backend catalog

backend catalog
  server catalog-1 127.0.0.1:${backendPort} pool-max-conn 512
`;
}

// One process without master: the same event loop, and nothing is left behind if the bench is killed.
function nginxConfig(port: number, backendPort: number): string {
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
