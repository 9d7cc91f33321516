// relay BACKEND_PORT: the floor of any proxy in user space. Takes connections on 127.0.0.1, makes one to the backend for
// each, and copies bytes both ways without looking at them. Prints its port.
#include "net.h"
#include <sys/epoll.h>

enum { MAX_FDS = 65536, MAX_EVENTS = 256, BUFFER_BYTES = 65536 };

static int peer_of[MAX_FDS];
static int epoll;

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

static void accept_pair(int listener, int backend_port) {
  int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (client < 0) return;
  int backend = connect_to("127.0.0.1", backend_port);
  if (client >= MAX_FDS || backend >= MAX_FDS) {
    close(client);
    close(backend);
    return;
  }
  send_at_once(client);
  peer_of[client] = backend;
  peer_of[backend] = client;
  watch(client);
  watch(backend);
}

static void close_pair(int fd) {
  close(peer_of[fd]);
  close(fd);
}

static void copy(int fd) {
  static char buffer[BUFFER_BYTES];
  ssize_t size = recv(fd, buffer, sizeof buffer, 0);
  if (size <= 0) {
    close_pair(fd);
    return;
  }
  for (ssize_t sent = 0; sent < size;) {
    ssize_t n = send(peer_of[fd], buffer + sent, size - sent, MSG_NOSIGNAL);
    if (n < 0) {
      close_pair(fd);
      return;
    }
    sent += n;
  }
}

int main(int count, char **arguments) {
  if (count != 2) fail("usage: relay BACKEND_PORT");
  int backend_port = atoi(arguments[1]);
  int listener = listen_on("127.0.0.1", 0);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(listener);
  for (;;) {
    struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_pair(listener, backend_port);
      else copy(fd);
    }
  }
}
