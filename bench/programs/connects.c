// connects PORT SECONDS CALLERS: so many processes that each connect, ask `bulk` behind 127.0.0.1:PORT for one byte, read to
// the end of the connection and begin anew. Prints {"connections", "ns"}; ends with 1 when one of them failed.
#include "net.h"
#include <sys/mman.h>
#include <sys/wait.h>

static const char REQUEST[] = "GET /1 HTTP/1.1\r\nHost: bulk\r\nConnection: close\r\n\r\n";

static void connect_once(int port) {
  char answer[4096];
  size_t got = 0;
  int fd = connect_to("127.0.0.1", port);
  send_all(fd, REQUEST, sizeof REQUEST - 1);
  for (;;) {
    ssize_t size = recv(fd, answer + got, sizeof answer - 1 - got, 0);
    if (size < 0) die("recv");
    if (size == 0) break;
    got += size;
  }
  answer[got] = 0;
  char *end = strstr(answer, "\r\n\r\n");
  if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || !end || answer + got != end + 5) fail("an answer that is not whole");
  close(fd);
}

int main(int count, char **arguments) {
  if (count != 4) fail("usage: connects PORT SECONDS CALLERS");
  int port = atoi(arguments[1]);
  int callers = atoi(arguments[3]);
  uint64_t start = now_ns();
  uint64_t end = start + (uint64_t)(atof(arguments[2]) * 1e9);
  long *made = mmap(NULL, callers * sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) die("mmap");
  for (int i = 0; i < callers; i++) {
    if (fork() != 0) continue;
    for (; now_ns() < end; made[i]++) connect_once(port);
    exit(0);
  }
  long sum = 0;
  for (int i = 0; i < callers; i++) {
    int status;
    if (wait(&status) < 0 || status != 0) fail("a caller failed");
  }
  for (int i = 0; i < callers; i++) sum += made[i];
  printf("{\"connections\":%ld,\"ns\":%llu}\n", sum, (unsigned long long)(now_ns() - start));
}
