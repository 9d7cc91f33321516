"""A small HTTP/1.1 service on the standard library: JSON in and out, keep-alive, a graceful end on SIGTERM."""

import json
import re
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MAX_BODY_BYTES = 1 << 20
IDLE_SECONDS = 75
DRAIN_SECONDS = 8


class Problem(Exception):
    """An answer that is not a success; `detail` is for the person who reads it."""

    def __init__(self, status, detail, **more):
        super().__init__(detail)
        self.status = status
        self.body = {"error": detail, **more}


class Request:
    def __init__(self, params, query, body):
        self.params = params
        self.query = query
        self.body = body

    def text(self, name, limit=200):
        value = self.body.get(name) if isinstance(self.body, dict) else None
        if not isinstance(value, str) or not 0 < len(value) <= limit:
            raise Problem(400, f"{name} must be a text of 1 to {limit} characters")
        return value


class Service(ThreadingHTTPServer):
    daemon_threads = True  # an idle keep-alive connection must not keep the process
    request_queue_size = 1024

    def __init__(self, port, routes):
        self.routes = [(method, re.compile(path + r"\Z"), answer) for method, path, answer in routes]
        self.routes.append(("GET", re.compile(r"/healthz\Z"), lambda request: (200, {"ok": True})))
        self.in_flight = 0
        self.draining = False
        self.changed = threading.Condition()
        super().__init__(("", port), Exchange)

    def handle_error(self, request, client_address):
        # a peer that went away is no news; anything else is
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)

    def drain(self):
        self.draining = True
        self.shutdown()


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = 1 << 16  # head and body leave in one segment
    disable_nagle_algorithm = True

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        with self.server.changed:
            self.server.in_flight += 1
        try:
            self.respond(*self.answer())
            self.wfile.flush()
        finally:
            with self.server.changed:
                self.server.in_flight -= 1
                self.server.changed.notify_all()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def answer(self):
        try:
            body = self.read_body()
            url = urlsplit(self.path)
            wanted = "GET" if self.command == "HEAD" else self.command
            allowed = set()
            for method, path, answer in self.server.routes:
                match = path.match(unquote(url.path))
                if match and method == wanted:
                    return answer(Request(match.groupdict(), parse_qs(url.query), body))
                if match:
                    allowed.add(method)
            raise Problem(405, f"use {', '.join(sorted(allowed))}") if allowed else Problem(404, "no such page")
        except Problem as problem:
            return problem.status, problem.body
        except (ConnectionError, socket.timeout):
            raise
        except Exception as error:
            print(f"{self.command} {self.path}: {error!r}", file=sys.stderr)
            return 500, {"error": "something went wrong here"}

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            data = self.read_chunks()
        else:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > MAX_BODY_BYTES:
                self.close_connection = True
                raise Problem(413, f"a body has at most {MAX_BODY_BYTES} bytes")
            data = self.rfile.read(int(length))
        if not data:
            return None
        try:
            return json.loads(data)
        except ValueError:
            raise Problem(400, "the body must be JSON") from None

    def read_chunks(self):
        data = bytearray()
        while True:
            size = int(self.rfile.readline(66).split(b";")[0], 16)
            if size == 0:
                while self.rfile.readline(4096).strip():
                    pass
                return bytes(data)
            if len(data) + size > MAX_BODY_BYTES:
                self.close_connection = True
                raise Problem(413, f"a body has at most {MAX_BODY_BYTES} bytes")
            data += self.rfile.read(size)
            self.rfile.readline(2)

    def respond(self, status, body):
        data = json.dumps(body, separators=(",", ":")).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if self.server.draining:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def serve(name, port, routes):
    """Serves until SIGTERM or SIGINT, then finishes the requests it has begun."""
    service = Service(port, routes)
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop below, so it needs a thread of its own
        signal.signal(number, lambda *_: threading.Thread(target=service.drain).start())
    print(f"{name} listens on {service.server_address[1]}", flush=True)
    service.serve_forever(poll_interval=0.1)
    service.socket.close()
    deadline = time.monotonic() + DRAIN_SECONDS
    with service.changed:
        while service.in_flight and time.monotonic() < deadline:
            service.changed.wait(0.1)
    print(f"{name} has stopped", flush=True)
