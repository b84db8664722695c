/* The yardstick: the least that can be done to tell many. One process over epoll writes each comment to each viewer as
 * it comes, one write a viewer and comment, and gathers nothing. It asks nobody for anything and keeps nothing.
 *
 * GET opens a stream; POST hands in a comment whose stamp `qz…z` goes out in a frame of the given size, and is answered
 * when it was written to all. Prints its port.
 *
 *   writer <bytes of a frame>
 */
#include "shared.h"

enum { MOST = 32768, ROOM = 4096 };

struct end {
    int fd, streams;
    size_t asked, rest;
    char *asking, *left;
};

static struct end *ends[MOST];
static int streams[MOST], stream_count, poll_fd;
static size_t frame_bytes;
static unsigned long long seq;
static char frame[65536];

static void watch(struct end *end, int events, int how) {
    struct epoll_event wanted = {.events = events, .data.fd = end->fd};
    epoll_ctl(poll_fd, how, end->fd, &wanted);
}

static void drop(struct end *end) {
    for (int i = 0; end->streams && i < stream_count; i++)
        if (streams[i] == end->fd) {
            streams[i] = streams[--stream_count];
            break;
        }
    close(end->fd);
    ends[end->fd] = NULL;
    free(end->asking);
    free(end->left);
    free(end);
}

static void keep(struct end *end, const char *text, size_t length) {
    end->left = realloc(end->left, end->rest + length);
    memcpy(end->left + end->rest, text, length);
    if (!end->rest) watch(end, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    end->rest += length;
}

static void tell_all(size_t length) {
    for (int i = 0; i < stream_count; i++) {
        struct end *end = ends[streams[i]];
        ssize_t sent = end->rest ? 0 : send(end->fd, frame, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) sent = 0;
        if ((size_t)sent < length) keep(end, frame + sent, length - sent);
    }
}

static void flush_rest(struct end *end) {
    ssize_t sent = send(end->fd, end->left, end->rest, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return;
    end->rest -= sent;
    memmove(end->left, end->left + sent, end->rest);
    if (!end->rest) watch(end, EPOLLIN, EPOLL_CTL_MOD);
}

static void say(struct end *end, const char *text) {
    if (send(end->fd, text, strlen(text), MSG_NOSIGNAL) < 0) return;
}

static void publish(const char *body) {
    const char *stamp = strstr(body, "qz"), *stop = stamp ? strchr(stamp, 'z') : NULL;
    if (stop) stop = strchr(stop + 1, 'z');
    size_t length = sprintf(frame, "data: live-1 %llu put %.*s ", ++seq, stop ? (int)(stop + 1 - stamp) : 0,
                            stop ? stamp : "");
    while (length + 2 < frame_bytes) frame[length++] = '-';
    frame[length++] = '\n';
    frame[length++] = '\n';
    tell_all(length);
}

static void answer(struct end *end) {
    char *blank = strstr(end->asking, "\r\n\r\n");
    if (!blank) return;
    if (!strncmp(end->asking, "GET /stream", 11)) {
        say(end, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        end->streams = 1;
        streams[stream_count++] = end->fd;
    } else if (!strncmp(end->asking, "POST", 4)) {
        char *field = strcasestr(end->asking, "\r\nContent-Length:");
        size_t wanted = field ? strtoul(field + 17, NULL, 10) : 0;
        if (end->asked < (size_t)(blank + 4 - end->asking) + wanted) return;
        publish(blank + 4);
        say(end, "HTTP/1.1 204 No Content\r\n\r\n");
    } else {
        say(end, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
    end->asked = 0;
}

static void hear(struct end *end) {
    ssize_t got = recv(end->fd, end->asking + end->asked, ROOM - 1 - end->asked, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) drop(end);
        return;
    }
    end->asked += got;
    end->asking[end->asked] = 0;
    answer(end);
}

static void let_in(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        if (fd >= MOST) {
            close(fd);
            continue;
        }
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        ends[fd] = calloc(1, sizeof *ends[fd]);
        ends[fd]->fd = fd;
        ends[fd]->asking = malloc(ROOM);
        watch(ends[fd], EPOLLIN, EPOLL_CTL_ADD);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "writer <bytes of a frame>\n");
        return 2;
    }
    frame_bytes = strtoul(argv[1], NULL, 10);
    if (frame_bytes > sizeof frame - 200) return 2;
    allow_many_files();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&here, &length);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    poll_fd = epoll_create1(0);
    struct epoll_event door = {.events = EPOLLIN, .data.fd = listener}, ready[512];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &door);
    for (;;) {
        int count = epoll_wait(poll_fd, ready, 512, -1);
        for (int i = 0; i < count; i++) {
            struct end *end = ready[i].data.fd == listener ? NULL : ends[ready[i].data.fd];
            if (ready[i].data.fd == listener) let_in(listener);
            else if (end && ready[i].events & EPOLLOUT) flush_rest(end);
            else if (end) hear(end);
        }
    }
}
