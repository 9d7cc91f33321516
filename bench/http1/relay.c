// relay BACKEND_PORT: the floor of any proxy in user space. Takes connections on 127.0.0.1, makes one to the backend for
// each, and copies bytes both ways without looking at them. Prints its port.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FDS = 65536, MAX_EVENTS = 256, BUFFER_BYTES = 65536 };

static int peer_of[MAX_FDS];
static int epoll;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return address;
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

static void accept_pair(int listener, int backend_port) {
  int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (client < 0) return;
  int backend = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(backend_port);
  if (backend < 0 || client >= MAX_FDS || backend >= MAX_FDS ||
      connect(backend, (struct sockaddr *)&address, sizeof address) < 0) {
    close(client);
    if (backend >= 0) close(backend);
    return;
  }
  int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(backend, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
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
  if (count != 2) {
    fprintf(stderr, "usage: relay BACKEND_PORT\n");
    return 2;
  }
  int backend_port = atoi(arguments[1]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) die("getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

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
