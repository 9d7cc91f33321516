// hold PORT COUNT: opens so many connections to 127.0.0.1:PORT, each with one request answered, and keeps them. Prints how
// many it holds, and holds them until it is told to end; ends with 1 when a request fails.
#include "net.h"

static const char REQUEST[] = "GET /api/v1/resource-7/idle HTTP/1.1\r\nHost: catalog\r\nAccept: application/json\r\n\r\n";

static void ask(int fd) {
  char answer[4096];
  size_t got = 0;
  send_all(fd, REQUEST, sizeof REQUEST - 1);
  for (;;) {
    ssize_t size = recv(fd, answer + got, sizeof answer - 1 - got, 0);
    if (size <= 0) fail("a connection broke");
    got += size;
    answer[got] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (!end) continue;
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0) fail("an answer that is not 200");
    if (answer + got == end + 4 + content_length(answer)) return;
  }
}

int main(int count, char **arguments) {
  if (count != 3) fail("usage: hold PORT COUNT");
  raise_descriptors();
  int wanted = atoi(arguments[2]);
  for (int i = 0; i < wanted; i++) ask(connect_to("127.0.0.1", atoi(arguments[1])));
  printf("%d\n", wanted);
  fflush(stdout);
  for (;;) pause();
}
