/* Event files, read by their rules: the records, their checksums, the messages in them. */
#include "support/epoch_log.h"
#include "support/event_file.h"

#include <string.h>
#include <time.h>

#include "model_fixtures.h"
#include "suite.h"

static nudge_error err;

/* CRC-32C from its definition: the polynomial 0x1edc6f41, bits of bytes and of the sum reversed. */
static uint32_t crc32c(const unsigned char *bytes, size_t n)
{
    uint32_t sum = 0xffffffff, reversed = 0;
    for (size_t i = 0; i < 8 * n; i++) {
        uint32_t bit = bytes[i / 8] >> i % 8 & 1;
        sum = sum << 1 ^ ((sum >> 31 ^ bit) != 0 ? 0x1edc6f41 : 0);
    }
    for (int i = 0; i < 32; i++)
        reversed |= (sum >> i & 1) << (31 - i);
    return ~reversed;
}

static uint64_t number(const unsigned char *at, size_t bytes)
{
    uint64_t v = 0;
    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)at[i] << 8 * i;
    return v;
}

static void masked(const unsigned char *at, const unsigned char *bytes, size_t n)
{
    uint32_t c = (uint32_t)number(at, 4) - 0xa282ead8u;
    ck_assert_uint_eq(c << 15 | c >> 17, crc32c(bytes, n));
}

enum { MOST = 16 };

typedef struct event {
    double seconds;
    uint64_t step;
    char version[32];
    size_t n;
    char tag[MOST][65];
    float value[MOST];
} event;

static uint64_t varint(const unsigned char **at)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        v |= (uint64_t)(**at & 0x7f) << shift;
        if ((*(*at)++ & 0x80) == 0)
            return v;
    }
}

/* Fields of any message here; `depth` 0 is Event, 1 Summary, 2 Summary.Value. */
static void parse(event *e, const unsigned char *at, size_t size, int depth)
{
    for (const unsigned char *end = at + size; at < end;) {
        uint64_t key = varint(&at), n;
        switch (key & 7) {
        case 0: n = varint(&at); break;
        case 2: n = varint(&at); break;
        default: n = number(at, (key & 7) == 1 ? 8 : 4); at += (key & 7) == 1 ? 8 : 4;
        }
        ck_assert_uint_lt(e->n, MOST);
        if (depth == 0 && key == (1 << 3 | 1))
            memcpy(&e->seconds, &n, 8);
        else if (depth == 0 && key == (2 << 3 | 0))
            e->step = n;
        else if (depth == 0 && key == (3 << 3 | 2))
            memcpy(e->version, at, n);
        else if (depth == 0 && key == (5 << 3 | 2))
            parse(e, at, n, 1);
        else if (depth == 1 && key == (1 << 3 | 2))
            parse(e, at, n, 2), e->n++;
        else if (depth == 2 && key == (1 << 3 | 2))
            memcpy(e->tag[e->n], at, n);
        else if (depth == 2 && key == (2 << 3 | 5))
            memcpy(&e->value[e->n], &n, 4);
        else
            ck_abort_msg("a field of key %d in depth %d", (int)key, depth);
        at += (key & 7) == 2 ? n : 0;
        ck_assert(at <= end);
    }
}

/* The next record; 0 at the end. */
static int next_event(event *e, FILE *f)
{
    unsigned char head[12], bytes[4096 + 4];
    size_t got = fread(head, 1, 12, f);
    if (got == 0)
        return 0;
    ck_assert_uint_eq(got, 12);
    masked(head + 8, head, 8);
    size_t n = number(head, 8);
    ck_assert_uint_le(n + 4, sizeof bytes);
    ck_assert_uint_eq(fread(bytes, 1, n + 4, f), n + 4);
    masked(bytes + n, bytes, n);
    *e = (event){.seconds = 0};
    parse(e, bytes, n, 0);
    return 1;
}

/* The check value of CRC-32C; lengths of one and two bytes, steps of one to ten. */
START_TEST(records)
{
    ck_assert_uint_eq(crc32c((const unsigned char *)"123456789", 9), 0xe3069283);
    const event_scalar s[] = {{"loss/train", 0.1}, {"a", -1e30}, {"loss/val", 0}, {"lr", 1e-3},
                              {"a much longer name of a scalar, as long as it may be, 64 bytes..", 7}};
    const uint64_t steps[] = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
    FILE *f = tmpfile();
    event e;
    ck_assert(event_file_begin(f, 1234.5));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        ck_assert(event_file_scalars(f, 1.5e9 + (double)i, steps[i], i % 6, s));
    rewind(f);
    ck_assert(next_event(&e, f));
    ck_assert(e.seconds == 1234.5 && e.n == 0);
    ck_assert_str_eq(e.version, "brain.Event:2");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        ck_assert(next_event(&e, f));
        ck_assert(e.seconds == 1.5e9 + (double)i && e.step == steps[i] && e.n == i % 6);
        for (size_t k = 0; k < e.n; k++) {
            ck_assert_str_eq(e.tag[k], s[k].tag);
            ck_assert(e.value[k] == (float)s[k].value);
        }
    }
    ck_assert(!next_event(&e, f));
    fclose(f);
}
END_TEST

/* Epochs that were finished before the log began, and one that is written as it ends; what has no
 * value is left out. */
START_TEST(epochs)
{
    static const char *const tags[] = {"loss/train", "loss/val", "rmse/val", "lr", "time/seconds",
                                       "time/samples_per_s"};
    char path[] = "/tmp/nudge-test-tfevents.XXXXXX";
    int file = mkstemp(path);
    nudge_model *model = small_model();
    nudge_dataset *data = small_data(50, 1);
    nudge_train_options o = small_options();
    nudge_trainer *t;
    epoch_log log = {0};
    event e;
    double before = 0;
    o.keep_history = 1;
    ck_ok(nudge_trainer_create(&t, model, data, data, &o, &err), &err);
    ck_ok(nudge_trainer_run(t, &err), &err);
    ck_assert(file >= 0 && close(file) == 0);
    ck_assert(epoch_log_open(&log, path) && epoch_log_past(&log, t, 3));
    ck_assert(epoch_log_write(&log, nudge_trainer_history(t, 3)) && epoch_log_close(&log));
    FILE *f = fopen(path, "rb");
    ck_assert(next_event(&e, f) && e.n == 0);
    for (size_t i = 0; i < 4; i++) {
        const nudge_epoch *was = nudge_trainer_history(t, i);
        const double values[] = {was->train_loss, was->val_loss, was->val_rmse, was->lr,
                                 was->seconds, was->samples_per_s};
        ck_assert(next_event(&e, f));
        ck_assert(e.step == i + 1 && e.n == 6);
        for (size_t k = 0; k < e.n; k++) {
            ck_assert_str_eq(e.tag[k], tags[k]);
            ck_assert(e.value[k] == (float)values[k]);
        }
        ck_assert(e.seconds > before && fabs(e.seconds - (double)time(NULL)) < 60);
        before = e.seconds;
    }
    ck_assert(!next_event(&e, f));
    fclose(f);
    unlink(path);
    nudge_trainer_free(t);
    nudge_dataset_free(data);
    nudge_model_free(model);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("event_file");
    TCase *t = tcase_create("all");
    tcase_add_test(t, records);
    tcase_add_test(t, epochs);
    suite_add_tcase(s, t);
    return s;
}

SUITE_MAIN(make_suite)
