/* Many viewers of one channel in one process: opens streams, reads what comes, and counts for each viewer what was
 * missing, what came twice and how late it was. Told what to do on its standard input, a line a command:
 *
 *   open <how many> <at a time> <position>   visit <how many> <at a time> <position>   wait <position> <ms>
 *   reset   report   seen <file>   each <file>
 *
 * and answers each with a line of JSON. Who only visits leaves as soon as the stream is open. A comment carries
 * `qz<µs of the monotonic clock>x<number>z` in its text.
 *
 *   viewers <port> <channel> <file of cookies, one a line> <exact: 0 or 1> <come back: 0 or 1>
 */
#include "counted.h"

/* ---- connections ---------------------------------------------------------------------------------------------- */

static void hang_up(struct viewer *v, int64_t now) {
    if (v->fd >= 0) close(v->fd);
    v->fd = -1;
    v->tail_length = 0;
    v->pending = 0;
    v->ended = now;
    if (v->state == OPEN) lost++;
    else if (!comes_back) opening_failed++;
    if (comes_back) {
        v->due = now + 1000 * (v->retry_ms > 0 ? v->retry_ms : 100 + rand() % 400);
        v->state = WAITING;
    } else {
        v->state = ENDED;
    }
}

static void begin(struct viewer *v, int64_t now) {
    int number = (int)(v - viewers);
    v->state = CONNECTING;
    v->fd = reach(port, 1 + number / VIEWERS_AN_ADDRESS);
    if (v->fd < 0) {
        hang_up(v, now);
        return;
    }
    struct epoll_event wanted = {.events = EPOLLOUT, .data.u32 = number + 1};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, v->fd, &wanted)) die("epoll_ctl");
}

static void ask(struct viewer *v, int64_t now) {
    int number = (int)(v - viewers), problem = 0;
    socklen_t length = sizeof problem;
    getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    static char request[8192];
    int size = snprintf(request, sizeof request,
        "GET /stream?since=%s:%llu HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n"
        "Accept-Language: zh-CN\r\nCookie: %s\r\n\r\n",
        channel, (unsigned long long)v->position, port, people[number % people_count].cookie);
    if (problem || write(v->fd, request, size) != size) {
        hang_up(v, now);
        return;
    }
    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = number + 1};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, v->fd, &wanted);
    v->state = HEAD;
}

/* ---- what comes ----------------------------------------------------------------------------------------------- */

static int find_stamp(const char *text, size_t length, int64_t *stamp, uint32_t *number) {
    const char *end = text + length;
    while ((text = memmem(text, end - text, "qz", 2))) {
        const char *c = text += 2;
        int64_t when = 0;
        uint32_t which = 0;
        while (c < end && *c >= '0' && *c <= '9') when = when * 10 + (*c++ - '0');
        if (c == text || c >= end || *c++ != 'x') continue;
        while (c < end && *c >= '0' && *c <= '9') which = which * 10 + (*c++ - '0');
        if (c >= end || *c != 'z') continue;
        *stamp = when;
        *number = which;
        return 1;
    }
    return 0;
}

static void take(struct viewer *v, int64_t now) {
    uint64_t seq = v->pending;
    v->pending = 0;
    if (seq <= v->position) {
        doubles++;
        if (exact && v->pending_number < MOST_NUMBERS && v->seen[v->pending_number] < 255) v->seen[v->pending_number]++;
        return;
    }
    gaps += seq - v->position - 1;
    v->position = seq;
    v->count++;
    v->latest = now;
    frames++;
    if (exact && v->pending_number < MOST_NUMBERS && v->seen[v->pending_number] < 255) v->seen[v->pending_number]++;
    struct row *row = &rows[seq % MOST_ROWS];
    if (!row->stamp) {
        untimed++;
        return;
    }
    int64_t late = now - row->stamp;
    if (late < 0) late = 0;
    int64_t bucket = late / BUCKET_US;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    row->arrived++;
    if (late > row->slowest) row->slowest = late;
}

static void read_line(struct viewer *v, const char *line, size_t length, int64_t now) {
    if (length && line[length - 1] == '\r') length--;
    if (!length) {
        if (v->pending) take(v, now);
        return;
    }
    if (length > prefix_length && !memcmp(line, prefix, prefix_length)) {
        const char *c = line + prefix_length, *end = line + length;
        uint64_t seq = 0;
        while (c < end && *c >= '0' && *c <= '9') seq = seq * 10 + (*c++ - '0');
        if (!seq || c >= end || *c != ' ') return;
        if (v->pending) take(v, now);
        v->pending = seq;
        v->pending_number = MOST_NUMBERS;
    } else if (length > 7 && !memcmp(line, "retry: ", 7)) {
        v->retry_ms = atoi(line + 7);
        return;
    }
    if (!v->pending || length < 5 || memcmp(line, "data:", 5)) return;
    struct row *row = &rows[v->pending % MOST_ROWS];
    int64_t stamp;
    uint32_t number;
    if ((exact || !row->stamp) && find_stamp(line, length, &stamp, &number)) {
        row->stamp = stamp;
        row->number = v->pending_number = number;
    }
}

static void keep_tail(struct viewer *v, const char *rest, size_t length) {
    if (v->tail_length + length > v->tail_room) {
        v->tail_room = v->tail_length + length + 512;
        v->tail = realloc(v->tail, v->tail_room);
    }
    memcpy(v->tail + v->tail_length, rest, length);
    v->tail_length += length;
}

static int read_head(struct viewer *v, char **text, char *end, int64_t now) {
    keep_tail(v, *text, end - *text);
    char *blank = memmem(v->tail, v->tail_length, "\r\n\r\n", 4);
    if (!blank) return 0;
    v->status = v->tail_length > 12 ? atoi(v->tail + 9) : 0;
    if (v->status < 0 || v->status > 599) v->status = 0;
    statuses[v->status]++;
    if (v->status != 200) {
        hang_up(v, now);
        return 0;
    }
    size_t rest = v->tail_length - (blank + 4 - v->tail);
    *text = end - rest;
    v->tail_length = 0;
    v->state = OPEN;
    v->ended = 0;
    if (v->was_open) returned++;
    else opening_done++;
    v->was_open = 1;
    if (visiting) {
        close(v->fd);
        v->fd = -1;
        v->state = ENDED;
    }
    return !visiting;
}

static void read_stream(struct viewer *v) {
    ssize_t got = recv(v->fd, buffer, sizeof buffer, 0);
    int64_t now = now_us();
    if (got <= 0) {
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        hang_up(v, now);
        return;
    }
    bytes += got;
    char *text = buffer, *end = buffer + got;
    if (v->state == HEAD && !read_head(v, &text, end, now)) return;
    while (text < end) {
        char *stop = memchr(text, '\n', end - text);
        if (!stop) {
            keep_tail(v, text, end - text);
            return;
        }
        if (v->tail_length) {
            keep_tail(v, text, stop - text);
            size_t length = v->tail_length;
            v->tail_length = 0;
            read_line(v, v->tail, length, now);
        } else {
            read_line(v, text, stop - text, now);
        }
        text = stop + 1;
    }
}

/* ---- commands ------------------------------------------------------------------------------------------------- */

static void start_opening(int count, int window, uint64_t position) {
    viewers = realloc(viewers, sizeof *viewers * (how_many + count));
    if (!viewers) die("realloc");
    memset(viewers + how_many, 0, sizeof *viewers * count);
    for (int i = how_many; i < how_many + count; i++) {
        viewers[i].fd = -1;
        viewers[i].position = position;
        if (exact) viewers[i].seen = calloc(MOST_NUMBERS, 1);
    }
    opening_first = opening_next = how_many;
    how_many += count;
    opening_window = window;
    opening_done = opening_failed = 0;
    opening = 1;
    opening_began = now_us();
}

static void go_on_opening(int64_t now) {
    while (opening_next < how_many
           && opening_next - opening_first - opening_done - opening_failed < opening_window)
        begin(&viewers[opening_next++], now);
    if (opening_done + opening_failed < how_many - opening_first) return;
    opening = 0;
    if (visiting) how_many = opening_first;
    visiting = 0;
    printf("{\"opened\": %d, \"failed\": %d, \"seconds\": %.3f, ", opening_done, opening_failed,
           (now - opening_began) / 1e6);
    print_statuses();
    printf("}\n");
}

static void go_on_waiting(int64_t now) {
    int there = 0;
    for (int i = 0; i < how_many; i++) there += viewers[i].position >= waiting_for;
    if (there < how_many && now < waiting_until) return;
    waiting_until = 0;
    printf("{\"there\": %d, \"at_us\": %lld}\n", there, (long long)now);
}

static void come_back(int64_t now) {
    for (int i = 0; i < how_many; i++)
        if (viewers[i].state == WAITING && viewers[i].due <= now) begin(&viewers[i], now);
}

static void obey(char *line) {
    char path[512];
    int count, window;
    unsigned long long position;
    long long ms;
    if (sscanf(line, "open %d %d %llu", &count, &window, &position) == 3) {
        start_opening(count, window, position);
    } else if (sscanf(line, "visit %d %d %llu", &count, &window, &position) == 3) {
        visiting = 1;
        start_opening(count, window, position);
    } else if (sscanf(line, "wait %llu %lld", &position, &ms) == 2) {
        waiting_for = position;
        waiting_until = now_us() + ms * 1000;
    } else if (!strncmp(line, "reset", 5)) {
        reset();
    } else if (!strncmp(line, "report", 6)) {
        report();
    } else if (sscanf(line, "seen %511s", path) == 1) {
        write_seen(path);
    } else if (sscanf(line, "each %511s", path) == 1) {
        write_each(path);
    } else {
        printf("{\"problem\": \"no such command\"}\n");
    }
}

static void hear(void) {
    static char heard[4096];
    static size_t length;
    ssize_t got = read(0, heard + length, sizeof heard - length - 1);
    if (got <= 0) exit(0);
    length += got;
    heard[length] = 0;
    for (char *stop; (stop = strchr(heard, '\n'));) {
        *stop = 0;
        obey(heard);
        length -= stop + 1 - heard;
        memmove(heard, stop + 1, length + 1);
    }
}

/* ---- the loop ------------------------------------------------------------------------------------------------- */

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "viewers <port> <channel> <cookies> <exact> <come back>\n");
        return 2;
    }
    port = atoi(argv[1]);
    snprintf(channel, sizeof channel, "%s", argv[2]);
    prefix_length = snprintf(prefix, sizeof prefix, "data: %s ", channel);
    read_people(argv[3]);
    exact = atoi(argv[4]);
    comes_back = atoi(argv[5]);
    allow_many_files();
    setvbuf(stdout, NULL, _IOLBF, 0);
    rows = calloc(MOST_ROWS, sizeof *rows);
    histogram = calloc(BUCKETS, sizeof *histogram);
    poll_fd = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.u32 = 0}, ready[512];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &input);
    for (int64_t looked = 0;;) {
        int count = epoll_wait(poll_fd, ready, 512, opening || waiting_until || comes_back ? 5 : 1000);
        for (int i = 0; i < count; i++) {
            struct viewer *v = viewers + ready[i].data.u32 - 1;
            if (!ready[i].data.u32) hear();
            else if (v->state == CONNECTING) ask(v, now_us());
            else if (v->fd >= 0) read_stream(v);
        }
        int64_t now = now_us();
        if (opening) go_on_opening(now);
        if (now - looked < 4000) continue;
        looked = now;
        if (waiting_until) go_on_waiting(now);
        if (comes_back) come_back(now);
    }
}
