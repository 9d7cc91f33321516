// open-loop PORT RATE SECONDS CONNECTIONS REQUEST: sends REQUEST (a whole head) to 127.0.0.1 at moments that were drawn
// beforehand, RATE a second on average and independent of each other, whether or not the answers before have come. Latency
// counts from the moment at which a request was to be sent, so that a server that stalls cannot hide what it held back.
// Prints {"requests", "p50Us", "p99Us", "maxUs"}; ends with 1 when one request failed.
#include "net.h"
#include <math.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

enum { MAX_CONNECTIONS = 1024, ANSWER_BYTES = 16384, GRACE_S = 5 };

typedef struct {
  int fd;
  int got;
  uint64_t due;
  char answer[ANSWER_BYTES];
} Connection;

static Connection connections[MAX_CONNECTIONS];
/** those without a request, the one used last on top */
static Connection *idle[MAX_CONNECTIONS];
static int idle_count;
static double *latencies_us;
static long done;

/** in (0, 1): always the same sequence, so that everyone meets the same bursts */
static double draw(void) {
  static uint64_t state = 0x9e3779b97f4a7c15u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return ((state >> 11) + 0.5) / 9007199254740992.0;
}

/** true: the answer is whole */
static int read_answer(Connection *one) {
  ssize_t size = recv(one->fd, one->answer + one->got, ANSWER_BYTES - 1 - one->got, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return 0;
  if (size <= 0) fail("a connection broke");
  one->got += size;
  one->answer[one->got] = 0;
  char *end = strstr(one->answer, "\r\n\r\n");
  if (!end) return 0;
  if (strncmp(one->answer, "HTTP/1.1 200", 12) != 0) fail("an answer that is not 200");
  int64_t body = content_length(one->answer);
  if (body < 0) fail("an answer without length");
  return one->got == end + 4 - one->answer + body;
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int count, char **arguments) {
  if (count != 6) fail("usage: open-loop PORT RATE SECONDS CONNECTIONS REQUEST");
  int port = atoi(arguments[1]);
  double rate = atof(arguments[2]);
  double seconds = atof(arguments[3]);
  int wanted = atoi(arguments[4]);
  const char *request = arguments[5];
  size_t request_bytes = strlen(request);
  if (wanted < 1 || wanted > MAX_CONNECTIONS) fail("1 to 1024 connections");
  // the kernel lets a sleeper lie in by 50 µs to save power
  prctl(PR_SET_TIMERSLACK, 1);

  long total = (long)(rate * seconds);
  uint64_t *due = malloc(total * sizeof *due);
  latencies_us = malloc(total * sizeof *latencies_us);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < wanted; i++) {
    connections[i].fd = connect_to("127.0.0.1", port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event) < 0) die("epoll_ctl");
    idle[idle_count++] = &connections[i];
  }
  double at = now_ns() + 1e7;
  for (long i = 0; i < total; i++) {
    at += -log(draw()) / rate * 1e9;
    due[i] = (uint64_t)at;
  }

  long sent = 0;
  uint64_t deadline = due[total - 1] + (uint64_t)GRACE_S * 1000000000u;
  while (done < total) {
    uint64_t now = now_ns();
    if (now > deadline) fail("answers did not come");
    while (sent < total && due[sent] <= now && idle_count > 0) {
      Connection *one = idle[--idle_count];
      one->due = due[sent++];
      one->got = 0;
      send_all(one->fd, request, request_bytes);
    }
    // with none idle the next request waits for an answer, and its latency grows
    uint64_t until = sent < total && idle_count > 0 ? due[sent] : deadline;
    now = now_ns();
    uint64_t wait = until > now ? until - now : 0;
    struct timespec timeout = {.tv_sec = wait / 1000000000u, .tv_nsec = wait % 1000000000u};
    struct epoll_event events[MAX_CONNECTIONS];
    int ready = epoll_pwait2(epoll, events, MAX_CONNECTIONS, &timeout, NULL);
    for (int i = 0; i < ready; i++) {
      Connection *one = events[i].data.ptr;
      if (!read_answer(one)) continue;
      latencies_us[done++] = (now_ns() - one->due) / 1e3;
      idle[idle_count++] = one;
    }
  }
  qsort(latencies_us, total, sizeof *latencies_us, ascending);
  printf("{\"requests\":%ld,\"p50Us\":%.1f,\"p99Us\":%.1f,\"maxUs\":%.1f}\n", total, latencies_us[total / 2],
         latencies_us[(long)(total * 0.99)], latencies_us[total - 1]);
}
