// backend [HOST PORT]: the cheapest server that answers every request behind a blank line with the same small JSON
// document, in the order received. For requests without body. On 127.0.0.1 and any port by default; prints its port.
#include "net.h"
#include <sys/epoll.h>

enum { MAX_FDS = 65536, MAX_EVENTS = 256, BUFFER_BYTES = 65536 };

static const char ANSWER[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "Content-Length: 203\r\n"
    "Cache-Control: private, max-age=0\r\n"
    "Vary: Accept-Encoding\r\n"
    "Date: Fri, 22 Nov 2024 21:23:42 GMT\r\n"
    "\r\n"
    "{\"id\":42,\"name\":\"Walnut desk\",\"description\":\"Oiled walnut, 160 by 80 cm, with a drawer\","
    "\"price\":{\"currency\":\"EUR\",\"cents\":74900},\"stock\":17,\"tags\":[\"desk\",\"walnut\",\"office\"],"
    "\"rating\":4.6,\"reviews\":231}\n\n";

/** how many characters of "\r\n\r\n" the connection has seen last */
static unsigned char matched[MAX_FDS];

static int count_requests(int fd, const char *bytes, ssize_t size) {
  static const char BLANK[] = "\r\n\r\n";
  int requests = 0;
  int seen = matched[fd];
  for (ssize_t i = 0; i < size; i++) {
    if (bytes[i] == BLANK[seen]) seen++;
    else seen = bytes[i] == '\r';
    if (seen == 4) {
      requests++;
      seen = 0;
    }
  }
  matched[fd] = seen;
  return requests;
}

static void serve(int fd) {
  static char buffer[BUFFER_BYTES];
  ssize_t size = recv(fd, buffer, sizeof buffer, 0);
  if (size <= 0) {
    close(fd);
    return;
  }
  for (int left = count_requests(fd, buffer, size); left > 0; left--) {
    if (send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL) != sizeof ANSWER - 1) {
      close(fd);
      return;
    }
  }
}

int main(int count, char **arguments) {
  if (count != 1 && count != 3) fail("usage: backend [HOST PORT]");
  if (strlen(strstr(ANSWER, "\r\n\r\n") + 4) != (size_t)content_length(ANSWER)) fail("Content-Length");
  raise_descriptors();
  int listener = count == 3 ? listen_on(arguments[1], atoi(arguments[2])) : listen_on("127.0.0.1", 0);

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");
  for (;;) {
    struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        serve(fd);
        continue;
      }
      int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (client < 0) continue;
      if (client >= MAX_FDS) {
        close(client);
        continue;
      }
      send_at_once(client);
      matched[client] = 0;
      event.data.fd = client;
      epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
    }
  }
}
