// A service of the project: answers GET and POST with a body, and writes down each POST that it carries out.
//   node app.mjs <port> <folder of its records>
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";

const [port, folder] = process.argv.slice(2);
const record = openSync(join(folder, `${hostname()}-${process.pid}-${Date.now()}.log`), "a");
const note = (line) => writeSync(record, `${line}\n`);

const server = createServer((request, response) => {
  const id = request.url.slice(1);
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => answer(request, response, id, Buffer.concat(parts)));
  // the caller went away in the middle: not carried out
  request.on("error", (error) => note(`broken ${id} ${error.code}`));
});

function answer(request, response, id, body) {
  const wanted = Number(request.headers["x-length"]);
  const size = Number(request.headers["x-answer"]);
  const isWhole = request.method === "GET" || (body.length === wanted && body.every((byte) => byte === 97));
  if (!isWhole) {
    note(`failed ${id} ${body.length} of ${wanted} bytes`);
    response.writeHead(500, { "x-failed": "by itself" }).end();
    return;
  }
  if (request.method === "POST") note(`done ${id}`);
  const text = Buffer.alloc(size, 98);
  text.write(id);
  response.writeHead(200, { "content-type": "text/plain", "content-length": text.length }).end(text);
}

// as services do when they are asked to end: what has begun is finished
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
server.listen(Number(port), "0.0.0.0");
