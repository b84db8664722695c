/* What viewers.c counts, and how it is told. */
#include "shared.h"

enum { NOT_YET, CONNECTING, HEAD, OPEN, WAITING, ENDED };
enum { BUCKET_US = 50, BUCKETS = 1200000, MOST_NUMBERS = 65536, MOST_ROWS = 1 << 20, VIEWERS_AN_ADDRESS = 5000 };

struct viewer {
    int fd, state, status, was_open;
    uint64_t position, pending, count;
    int64_t due, ended, latest, retry_ms;
    uint32_t pending_number;
    char *tail;
    size_t tail_length, tail_room;
    uint8_t *seen;
};

struct row {
    int64_t stamp, slowest;
    uint32_t number, arrived;
};

static struct viewer *viewers;
static struct row *rows;
static uint32_t *histogram;
static int how_many, poll_fd, exact, comes_back, port;
static char prefix[80], channel[64];
static size_t prefix_length;
static uint64_t frames, bytes, gaps, doubles, untimed, lost, returned, since_row;
static int statuses[600];
static int opening, visiting, opening_first, opening_next, opening_window, opening_done, opening_failed;
static int64_t opening_began;
static uint64_t waiting_for;
static int64_t waiting_until;
static char buffer[1 << 18];

static int64_t share_of(uint64_t total, double share) {
    uint64_t wanted = (uint64_t)(total * share), sum = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((sum += histogram[i]) > wanted) return (int64_t)i * BUCKET_US + BUCKET_US / 2;
    return 0;
}

static void print_statuses(void) {
    const char *comma = "";
    printf("\"statuses\": {");
    for (int i = 0; i < 600; i++)
        if (statuses[i]) printf("%s\"%d\": %d", comma, i, statuses[i]), comma = ", ";
    printf("}");
}

static void report(void) {
    uint64_t timed = 0, fewest = UINT64_MAX, most = 0, least_position = UINT64_MAX, top = 0;
    int open_now = 0;
    for (int i = 0; i < BUCKETS; i++) timed += histogram[i];
    for (int i = 0; i < how_many; i++) {
        struct viewer *v = &viewers[i];
        if (v->state == OPEN) open_now++;
        if (v->count < fewest) fewest = v->count;
        if (v->count > most) most = v->count;
        if (v->position < least_position) least_position = v->position;
        if (v->position > top) top = v->position;
    }
    int64_t *slowest = malloc(sizeof *slowest * (top - since_row + 1));
    size_t known = 0;
    for (uint64_t seq = since_row + 1; seq <= top; seq++)
        if (rows[seq % MOST_ROWS].stamp) slowest[known++] = rows[seq % MOST_ROWS].slowest;
    qsort(slowest, known, sizeof *slowest, by_size);
    printf("{\"viewers\": %d, \"open\": %d, \"lost\": %llu, \"returned\": %llu, \"frames\": %llu, \"bytes\": %llu, "
           "\"gaps\": %llu, \"doubles\": %llu, \"untimed\": %llu, \"fewest\": %llu, \"most\": %llu, \"behind\": %llu, "
           "\"position\": %llu, \"timed\": %llu, \"p50_us\": %lld, \"p90_us\": %lld, \"p99_us\": %lld, ",
           how_many, open_now, (unsigned long long)lost, (unsigned long long)returned, (unsigned long long)frames,
           (unsigned long long)bytes, (unsigned long long)gaps, (unsigned long long)doubles,
           (unsigned long long)untimed, (unsigned long long)(how_many ? fewest : 0), (unsigned long long)most,
           (unsigned long long)(how_many ? least_position : 0), (unsigned long long)top, (unsigned long long)timed,
           (long long)share_of(timed, 0.5), (long long)share_of(timed, 0.9), (long long)share_of(timed, 0.99));
    printf("\"last_p50_us\": %lld, \"last_p99_us\": %lld, \"last_max_us\": %lld, ",
           (long long)(known ? slowest[known / 2] : 0), (long long)(known ? slowest[known * 99 / 100] : 0),
           (long long)(known ? slowest[known - 1] : 0));
    print_statuses();
    printf("}\n");
    free(slowest);
}

static void reset(void) {
    since_row = 0;
    for (int i = 0; i < how_many; i++) {
        viewers[i].count = 0;
        if (viewers[i].position > since_row) since_row = viewers[i].position;
    }
    memset(histogram, 0, sizeof *histogram * BUCKETS);
    memset(statuses, 0, sizeof statuses);
    frames = bytes = gaps = doubles = untimed = lost = returned = 0;
    printf("{}\n");
}

static void write_seen(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) die(path);
    for (int number = 0; exact && number < MOST_NUMBERS; number++) {
        int least = 255, most = 0;
        for (int i = 0; i < how_many; i++) {
            int times = viewers[i].seen[number];
            if (times < least) least = times;
            if (times > most) most = times;
        }
        if (most) fprintf(file, "%d %d %d\n", number, least, most);
    }
    fclose(file);
    printf("{}\n");
}

static void write_each(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) die(path);
    for (int i = 0; i < how_many; i++) {
        struct viewer *v = &viewers[i];
        fprintf(file, "%d %d %llu %llu %lld %lld\n", v->state == OPEN, v->status, (unsigned long long)v->position,
                (unsigned long long)v->count, (long long)v->ended, (long long)v->latest);
    }
    fclose(file);
    printf("{}\n");
}
