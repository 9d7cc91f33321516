"""The mailer: takes mails from a queue in Redis and sends them, one after another.

A mail is moved, not taken: one that we died over is found in `mail:sending` and sent again. What fails is tried again
later, and put aside as a dead letter when that does not help.
"""

import json
import os
import pathlib
import signal
import sys
import threading
import time

from lib.redis import Redis, RedisError
from mailer.letter import Refused, deliver

WAITING, SENDING, DEAD = "mail:waiting", "mail:sending", "mail:dead"
ATTEMPTS = 3
BLOCK_SECONDS = 2
DEAD_KEPT = 1000

folder = os.environ.get("MAIL_DIR", "/tmp/meshwise-shop/mail")
alive = pathlib.Path(os.environ.get("ALIVE_FILE", "/run/mailer-alive"))
redis = Redis(seconds=BLOCK_SECONDS + 2)
stopping = threading.Event()


def send(text):
    job = None
    try:
        job = json.loads(text)
        deliver(job, folder)
        print(f"sent {job['subject']!r} to {job['to']!r}", flush=True)
    except (Refused, OSError) as error:
        job["attempts"] = job.get("attempts", 0) + 1
        print(f"mail {job['id']}, attempt {job['attempts']}: {error}", file=sys.stderr, flush=True)
        put_back(job)
    except (ValueError, KeyError, TypeError) as error:
        print(f"this is no mail: {error!r}", file=sys.stderr, flush=True)
        bury(text)
    redis.send("LREM", SENDING, 1, text)


def put_back(job):
    if job["attempts"] >= ATTEMPTS:
        bury(json.dumps(job))
    else:
        redis.send("LPUSH", WAITING, json.dumps(job))
        stopping.wait(0.2 * job["attempts"])


def bury(text):
    redis.send("LPUSH", DEAD, text)
    redis.send("LTRIM", DEAD, 0, DEAD_KEPT - 1)


def work():
    while redis.send("RPOPLPUSH", SENDING, WAITING) is not None:
        pass  # those that an earlier one of us died over
    while not stopping.is_set():
        alive.touch()
        text = redis.send("BRPOPLPUSH", WAITING, SENDING, BLOCK_SECONDS)
        if text is not None:
            send(text)


def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    os.makedirs(folder, exist_ok=True)
    print("mailer waits for mails", flush=True)
    while not stopping.is_set():
        try:
            work()
        except (OSError, RedisError) as error:
            print(f"the queue does not answer, again in a second: {error!r}", file=sys.stderr, flush=True)
            time.sleep(1)
    print("mailer has stopped", flush=True)


main()
