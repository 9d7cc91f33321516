"""Calls another service: JSON over kept connections, each call with a time limit. GET is tried once more when it breaks."""

import http.client
import json
from urllib.parse import urlsplit

KEPT = 8


class CallError(Exception):
    """No answer, or one with a status of 400 and above; `status` is None without an answer."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


class Client:
    """Safe for any number of threads: a connection belongs to one call at a time."""

    def __init__(self, url, seconds=2.0):
        place = urlsplit(url)
        self.host, self.port, self.seconds = place.hostname, place.port or 80, seconds
        self.kept = []

    def get(self, path):
        for attempt in (1, 2):
            try:
                return self.get_once(path)
            except (OSError, http.client.HTTPException) as error:
                if attempt == 2:
                    raise CallError(f"GET http://{self.host}:{self.port}{path}: {error!r}") from error

    def get_once(self, path):
        connection = self.take()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except BaseException:
            connection.close()
            raise
        if answer.will_close or len(self.kept) >= KEPT:
            connection.close()
        else:
            self.kept.append(connection)
        if answer.status >= 400:
            raise CallError(f"GET http://{self.host}:{self.port}{path} answered {answer.status}", answer.status)
        return json.loads(body)

    def take(self):
        try:
            return self.kept.pop()
        except IndexError:
            return http.client.HTTPConnection(self.host, self.port, timeout=self.seconds)
