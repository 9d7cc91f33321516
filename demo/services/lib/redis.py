"""Redis for a service: commands over kept connections (RESP, https://redis.io/docs/reference/protocol-spec)."""

import os
import socket
import time
from urllib.parse import urlsplit

KEPT = 4
LIFETIME_SECONDS = 15


class RedisError(Exception):
    pass


class Connection:
    def __init__(self, host, port, seconds):
        self.since = time.monotonic()
        self.socket = socket.create_connection((host, port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def send(self, *words):
        parts = [str(word).encode() for word in words]
        head = b"*%d\r\n" % len(parts)
        self.socket.sendall(head + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return self.read()

    def read(self):
        line = self.file.readline(65_536)
        if not line.endswith(b"\r\n"):
            raise ConnectionError("redis closed the connection")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RedisError(rest)
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        size = int(rest)
        if size < 0:
            return None
        if kind == b"*":
            return [self.read() for _ in range(size)]
        data = self.file.read(size + 2)
        if len(data) < size + 2:
            raise ConnectionError("redis closed the connection")
        return data[:-2].decode()

    def close(self):
        self.file.close()
        self.socket.close()


class Redis:
    """Safe for any number of threads: a connection belongs to one command at a time."""

    def __init__(self, url=None, seconds=2.0):
        place = urlsplit(url or os.environ.get("REDIS", "redis://redis:6379"))
        self.host, self.port, self.seconds = place.hostname, place.port or 6379, seconds
        self.kept = []

    def send(self, *words):
        connection, is_old = self.take()
        try:
            return self.send_on(connection, words)
        except ConnectionError:
            if not is_old:
                raise
            # an old connection to a server that has been started anew: it did not take the command
            return self.send_on(Connection(self.host, self.port, self.seconds), words)

    def send_on(self, connection, words):
        try:
            answer = connection.send(*words)
        except RedisError:
            self.keep(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self.keep(connection)
        return answer

    def take(self):
        while self.kept:
            connection = self.kept.pop()
            if time.monotonic() - connection.since < LIFETIME_SECONDS:
                return connection, True
            connection.close()
        return Connection(self.host, self.port, self.seconds), False

    def keep(self, connection):
        if len(self.kept) < KEPT:
            self.kept.append(connection)
        else:
            connection.close()
