#include "support/event_file.h"

#include <string.h>

/* A message that grows; short enough for any that is written here. */
typedef struct message {
    size_t n;
    unsigned char bytes[4096];
} message;

static void put(message *m, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        m->bytes[m->n++] = (unsigned char)(value >> 8 * i);
}

/* Seven bits a byte, the lowest first. */
static void put_varint(message *m, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put(m, value | 0x80, 1);
    put(m, value, 1);
}

/* What is before a field: its number and how it is encoded. */
enum wire { VARINT = 0, EIGHT_BYTES = 1, COUNTED = 2, FOUR_BYTES = 5 };

static void put_tag(message *m, unsigned field, enum wire wire)
{
    put(m, field << 3 | (unsigned)wire, 1);
}

static void put_counted(message *m, unsigned field, const void *bytes, size_t n)
{
    put_tag(m, field, COUNTED);
    put_varint(m, n);
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

static message new_event(double seconds)
{
    message m = {.n = 0};
    uint64_t bits;
    memcpy(&bits, &seconds, sizeof bits);
    put_tag(&m, 1, EIGHT_BYTES); /* wall_time */
    put(&m, bits, sizeof bits);
    return m;
}

/* CRC-32C (Castagnoli), rotated and moved, as TFRecords have it. */
static uint32_t checksum(const unsigned char *bytes, size_t n)
{
    uint32_t c = ~0u;
    for (size_t i = 0; i < n; i++) {
        c ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0x82f63b78u : 0);
    }
    c = ~c;
    return (c >> 15 | c << 17) + 0xa282ead8u;
}

/* The length and its checksum, the message and its checksum. */
static int write_record(const message *m, FILE *file)
{
    message frame = {.n = 0};
    put(&frame, m->n, 8);
    put(&frame, checksum(frame.bytes, 8), 4);
    memcpy(frame.bytes + frame.n, m->bytes, m->n);
    frame.n += m->n;
    put(&frame, checksum(m->bytes, m->n), 4);
    return fwrite(frame.bytes, 1, frame.n, file) == frame.n;
}

int event_file_begin(FILE *file, double seconds)
{
    static const char version[] = "brain.Event:2";
    message event = new_event(seconds);
    put_counted(&event, 3, version, strlen(version)); /* file_version */
    return write_record(&event, file);
}

int event_file_scalars(FILE *file, double seconds, uint64_t step, size_t n,
                       const event_scalar *scalars)
{
    message event = new_event(seconds), summary = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        message value = {.n = 0};
        float number = (float)scalars[i].value;
        uint32_t bits;
        memcpy(&bits, &number, sizeof bits);
        put_counted(&value, 1, scalars[i].tag, strlen(scalars[i].tag));
        put_tag(&value, 2, FOUR_BYTES); /* simple_value */
        put(&value, bits, sizeof bits);
        put_counted(&summary, 1, value.bytes, value.n);
    }
    put_tag(&event, 2, VARINT); /* step */
    put_varint(&event, step);
    put_counted(&event, 5, summary.bytes, summary.n);
    return write_record(&event, file);
}
