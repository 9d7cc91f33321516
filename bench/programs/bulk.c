// bulk: a server of bodies of any size on 127.0.0.1. `GET /N` gets N bytes; the body of any other request is read and
// thrown away. `Connection: close` is obeyed, and the close comes from here. A process a connection. Prints its port.
#include "net.h"
#include <signal.h>
#include <sys/prctl.h>

enum { PIECE_BYTES = 256 * 1024, HEAD_BYTES = 16384 };
static char piece[PIECE_BYTES];

/** Reads a head into `head`; what came behind it is of the body: returns how much, -1 at the connection's end. */
static ssize_t read_head(int fd, char *head) {
  size_t got = 0;
  for (;;) {
    ssize_t size = recv(fd, head + got, HEAD_BYTES - 1 - got, 0);
    if (size <= 0) return -1;
    got += size;
    head[got] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (end) return got - (end + 4 - head);
    if (got == HEAD_BYTES - 1) return -1;
  }
}

static void serve(int fd) {
  static char head[HEAD_BYTES];
  for (;;) {
    ssize_t behind = read_head(fd, head);
    if (behind < 0) return;
    int64_t wanted = strncmp(head, "GET /", 5) == 0 ? atoll(head + 5) : 0;
    int64_t body = content_length(head);
    int is_last = strcasestr(head, "\r\nconnection: close\r\n") != NULL;
    for (int64_t left = body > 0 ? body - behind : 0; left > 0;) {
      ssize_t size = recv(fd, piece, left < PIECE_BYTES ? left : PIECE_BYTES, 0);
      if (size <= 0) return;
      left -= size;
    }
    char answer[128];
    int size = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n%s\r\n", (long long)wanted,
                        is_last ? "Connection: close\r\n" : "");
    if (send(fd, answer, size, MSG_NOSIGNAL | (wanted > 0 ? MSG_MORE : 0)) != size) return;
    for (int64_t left = wanted; left > 0;) {
      ssize_t sent = send(fd, piece, left < PIECE_BYTES ? left : PIECE_BYTES, MSG_NOSIGNAL);
      if (sent <= 0) return;
      left -= sent;
    }
    if (is_last) return;
  }
}

int main(void) {
  signal(SIGCHLD, SIG_IGN);
  int listener = listen_on("127.0.0.1", 0);
  for (;;) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(listener);
      send_at_once(client);
      serve(client);
      _exit(0);
    }
    close(client);
  }
}
