"""A mail as text, and the spool it is written to. What the spool holds is bounded: a full one takes the place of the last."""

import os
from email.message import EmailMessage
from email.utils import formatdate

SPOOL_BYTES = 16 << 20


class Refused(Exception):
    """The other side does not want it."""


def letter(job):
    message = EmailMessage()
    message["From"] = "The shop <orders@shop.example>"
    message["To"] = job["to"]
    message["Subject"] = job["subject"]
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{job['id']}@shop.example>"
    message.set_content(job["text"])
    return message


def deliver(job, folder):
    """Nobody is written to: the mail ends in the spool, unless its domain can never exist (RFC 2606)."""
    if job["to"].lower().endswith(".invalid"):
        raise Refused(f"no such domain: {job['to']}")
    path = os.path.join(folder, "sent.mbox")
    if os.path.exists(path) and os.path.getsize(path) > SPOOL_BYTES:
        os.replace(path, f"{path}.1")
    with open(path, "ab") as spool:
        spool.write(b"From shop\n" + bytes(letter(job)) + b"\n")
        spool.flush()
        os.fsync(spool.fileno())
