"""The mailer: accepts messages at once and sends them one after another. "Sending" is a line in its log."""

import os
import queue
import threading

from lib.json_service import Problem, serve

waiting = queue.Queue(maxsize=1000)


def accept(request):
    message = request.text("to"), request.text("subject")
    try:
        waiting.put_nowait(message)
    except queue.Full:
        raise Problem(503, "too many messages are waiting") from None
    return 202, {"accepted": True}


def send_all():
    while True:
        to, subject = waiting.get()
        print(f"sent {subject!r} to {to!r}", flush=True)


threading.Thread(target=send_all, daemon=True).start()
serve("mailer", int(os.environ.get("PORT", "8080")), [("POST", "/messages", accept)])
