// transfer PORT down|up BYTES COUNT: so many bodies of so many bytes, one after the other on one connection, from or to
// `bulk` behind 127.0.0.1:PORT. Prints {"bytes", "ns"}: from the first request to the last byte. Ends with 1 when an answer
// is not 200 or not whole.
#include "net.h"

enum { PIECE_BYTES = 256 * 1024 };
static char piece[PIECE_BYTES + 1];

/** Reads an answer; returns the size of its body. */
static int64_t take_answer(int fd) {
  size_t got = 0;
  char *end = NULL;
  while (!end) {
    ssize_t size = recv(fd, piece + got, PIECE_BYTES - got, 0);
    if (size <= 0) fail("the connection broke before the answer");
    got += size;
    piece[got] = 0;
    end = strstr(piece, "\r\n\r\n");
  }
  if (strncmp(piece, "HTTP/1.1 200", 12) != 0) fail("an answer that is not 200");
  int64_t body = content_length(piece);
  if (body < 0) fail("an answer without length");
  for (int64_t left = body - (got - (end + 4 - piece)); left > 0;) {
    ssize_t size = recv(fd, piece, left < PIECE_BYTES ? left : PIECE_BYTES, 0);
    if (size <= 0) fail("the answer was cut");
    left -= size;
  }
  return body;
}

int main(int count, char **arguments) {
  if (count != 5) fail("usage: transfer PORT down|up BYTES COUNT");
  int is_down = strcmp(arguments[2], "down") == 0;
  int64_t bytes = atoll(arguments[3]);
  int times = atoi(arguments[4]);
  int fd = connect_to("127.0.0.1", atoi(arguments[1]));
  char head[160];
  int size = is_down ? snprintf(head, sizeof head, "GET /%lld HTTP/1.1\r\nHost: bulk\r\n\r\n", (long long)bytes)
                     : snprintf(head, sizeof head, "PUT / HTTP/1.1\r\nHost: bulk\r\nContent-Length: %lld\r\n\r\n",
                                (long long)bytes);
  uint64_t start = now_ns();
  for (int i = 0; i < times; i++) {
    send_all(fd, head, size);
    for (int64_t left = is_down ? 0 : bytes; left > 0;) {
      int64_t next = left < PIECE_BYTES ? left : PIECE_BYTES;
      send_all(fd, piece, next);
      left -= next;
    }
    if (take_answer(fd) != (is_down ? bytes : 0)) fail("a body of another size");
  }
  printf("{\"bytes\":%lld,\"ns\":%llu}\n", (long long)(bytes * times), (unsigned long long)(now_ns() - start));
}
