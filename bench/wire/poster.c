/* Posts comments, as fast as they are answered or so many a second whatever the answers do, and tells how long each one
 * took and which were acknowledged. A comment carries `qz<µs of the monotonic clock>x<number>z` in its text.
 *
 *   poster <port> <path> <people> <connections> <a second; 0: as fast as it goes> <seconds> <first number> <file> [body]
 *
 * With a body it posts that instead, with its number wherever an @ stands in it.
 *
 * The file gets a line for each comment: its number, the status (0: no answer), µs from when it was due to its answer.
 * While nobody takes connections no comment is due. SIGTERM ends it early, in good order.
 */
#include "shared.h"
#include <signal.h>

enum { PATIENCE_US = 15000000, PAUSE_US = 50000, ARREARS_US = 1000000, APART_US = 20000, MOST = 1 << 20 };

struct line {
    int fd, busy, connecting, number;
    int64_t due, sent, again;
    size_t got;
    char answer[8192];
};

static struct line *lines;
static int poll_fd, port, connections, first, next_number, accepted, refused, failed, statuses[600];
static const char *path, *pattern;
static int64_t *waits, started, scheduled, until, last_answer;
static size_t wait_count;
static double rate;
static volatile sig_atomic_t is_over;
static FILE *told;

static void settle(struct line *line, int status, int64_t now) {
    if (!line->busy) return;
    line->busy = 0;
    int64_t took = now - line->due;
    fprintf(told, "%d %d %lld\n", line->number, status, (long long)took);
    statuses[status]++;
    if (status == 0) failed++;
    else if (status < 400) accepted++, last_answer = now;
    else refused++;
    if (status && wait_count < MOST) waits[wait_count++] = took;
}

static void hang_up(struct line *line, int64_t now) {
    settle(line, 0, now);
    close(line->fd);
    line->fd = -1;
    line->again = now + PAUSE_US;
}

static int fill(char *body, size_t most, int64_t now) {
    if (!pattern)
        return snprintf(body, most, "mode=scroll&body=qz%lldx%dz+%%E4%%BB%%8A%%E6%%99%%9A%%E6%%9C%%88%%E8%%89%%B2"
                        "%%E7%%9C%%9F%%E7%%BE%%8E", (long long)now, next_number);
    size_t length = 0;
    for (const char *at = pattern; *at && length + 16 < most; at++)
        if (*at == '@') length += snprintf(body + length, most - length, "%d", next_number);
        else body[length++] = *at;
    body[length] = 0;
    return length;
}

static void post(struct line *line, int64_t due, int64_t now) {
    static char request[8192], body[512];
    struct person *person = &people[next_number % people_count];
    int length = fill(body, sizeof body, now);
    int size = snprintf(request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\nX-CSRFToken: %s\r\nHX-Request: true\r\n"
        "Accept-Language: zh-CN\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
        path, port, person->cookie, person->token, length, body);
    line->busy = 1;
    line->number = next_number++;
    line->due = due;
    line->sent = now;
    line->got = 0;
    if (send(line->fd, request, size, MSG_NOSIGNAL) != size) hang_up(line, now);
}

static void hear(struct line *line, int64_t now) {
    ssize_t got = recv(line->fd, line->answer + line->got, sizeof line->answer - 1 - line->got, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        hang_up(line, now);
        return;
    }
    if (!line->busy) return;
    line->got += got;
    line->answer[line->got] = 0;
    char *blank = strstr(line->answer, "\r\n\r\n");
    if (!blank) return;
    char *field = strcasestr(line->answer, "\r\nContent-Length:");
    size_t whole = blank + 4 - line->answer + (field && field < blank ? strtoul(field + 17, NULL, 10) : 0);
    int closes = strcasestr(line->answer, "\r\nConnection: close") != NULL;
    int status = atoi(line->answer + 9);
    if (line->got < whole && whole < sizeof line->answer) return;
    settle(line, status > 0 && status < 600 ? status : 0, now);
    if (closes || whole >= sizeof line->answer) {
        hang_up(line, now);
        line->again = now;
    }
}

static void connect_line(struct line *line, int64_t now) {
    line->fd = reach(port, 1 + (int)(line - lines) % 4);
    if (line->fd < 0) {
        line->again = now + PAUSE_US;
        return;
    }
    line->connecting = 1;
    struct epoll_event wanted = {.events = EPOLLOUT, .data.ptr = line};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, line->fd, &wanted);
}

static void is_connected(struct line *line, int64_t now) {
    int problem = 0;
    socklen_t length = sizeof problem;
    getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    line->connecting = 0;
    if (problem) {
        hang_up(line, now);
        return;
    }
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = line};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, line->fd, &wanted);
}

static int64_t next_due(int64_t now) {
    return rate > 0 ? scheduled + (int64_t)((next_number - first) * 1e6 / rate) : now;
}

static void end_early(int signal_number) {
    (void)signal_number;
    is_over = 1;
}

static int go_on(int64_t now) {
    int busy = 0, reached = 0;
    if (is_over) until = now;
    for (int i = 0; i < connections; i++) {
        struct line *line = &lines[i];
        if (line->busy && now - line->sent > PATIENCE_US) hang_up(line, now);
        if (line->fd < 0 && now >= line->again) connect_line(line, now);
        if (line->fd >= 0 && !line->connecting && !line->busy && now < until && next_due(now) <= now)
            post(line, next_due(now), now);
        busy += line->busy;
        reached += line->fd >= 0;
    }
    if (!reached && now - next_due(now) > ARREARS_US) scheduled += now - next_due(now);
    return busy || now < until;
}

static void report(void) {
    const char *comma = "";
    double seconds = (last_answer - started) / 1e6;
    qsort(waits, wait_count, sizeof *waits, by_size);
    printf("{\"sent\": %d, \"accepted\": %d, \"refused\": %d, \"failed\": %d, \"seconds\": %.3f, \"per_second\": %.2f, "
           "\"p50_us\": %lld, \"p99_us\": %lld, \"longest_us\": %lld, \"statuses\": {",
           next_number - first, accepted, refused, failed, seconds, seconds > 0 ? accepted / seconds : 0,
           (long long)(wait_count ? waits[wait_count / 2] : 0), (long long)(wait_count ? waits[wait_count * 99 / 100] : 0),
           (long long)(wait_count ? waits[wait_count - 1] : 0));
    for (int i = 0; i < 600; i++)
        if (statuses[i]) printf("%s\"%d\": %d", comma, i, statuses[i]), comma = ", ";
    printf("}}\n");
}

int main(int argc, char **argv) {
    if (argc != 9 && argc != 10) {
        fprintf(stderr, "poster <port> <path> <people> <connections> <a second> <seconds> <first number> <file> [body]\n");
        return 2;
    }
    port = atoi(argv[1]);
    path = argv[2];
    pattern = argv[9];
    read_people(argv[3]);
    connections = atoi(argv[4]);
    rate = atof(argv[5]);
    first = next_number = atoi(argv[7]);
    if (!(told = fopen(argv[8], "w"))) die(argv[8]);
    waits = calloc(MOST, sizeof *waits);
    lines = calloc(connections, sizeof *lines);
    poll_fd = epoll_create1(0);
    signal(SIGTERM, end_early);
    started = scheduled = last_answer = now_us();
    until = started + (int64_t)(atof(argv[6]) * 1e6);
    /* One after the other: of connections that come at once, one of two web workers often takes all. */
    for (int i = 0; i < connections; i++) lines[i] = (struct line){.fd = -1, .again = started + i * APART_US};
    struct epoll_event ready[64];
    while (go_on(now_us())) {
        int count = epoll_wait(poll_fd, ready, 64, rate > 0 ? 1 : 20);
        for (int i = 0; i < count; i++) {
            struct line *line = ready[i].data.ptr;
            if (line->connecting) is_connected(line, now_us());
            else if (line->fd >= 0) hear(line, now_us());
        }
    }
    fclose(told);
    report();
    return 0;
}
