#include "read/csv_encoding.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>

#include "core/clones.h"
#include "core/memory.h"
#include "core/status.h"
#include "read/csv_scan.h"

/* ---- UTF-8 ----------------------------------------------------------------------------- */

/* Length of the UTF-8 character at `b` (RFC 3629), 0 if there is none. */
static size_t character_size(const unsigned char *b, size_t size)
{
    if (b[0] < 0x80)
        return 1;
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || n > size)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || /* overlong, surrogate */
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))   /* overlong, too large */
        return 0;
    return n;
}

/* How many bytes, a multiple of BLOCK, are ASCII, and none below a blank but line ends and tabs. */
#define BLOCK ((size_t)64)
NU_CLONES static size_t plain_blocks(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    for (; size - at >= BLOCK; at += BLOCK) {
        unsigned char odd = 0; /* a loop for vectors */
        for (size_t i = 0; i < BLOCK; i++) {
            unsigned char b = bytes[at + i];
            odd |= (b >= 0x80) | ((b < ' ') & (b != '\n') & (b != '\r') & (b != '\t'));
        }
        if (odd)
            break;
    }
    return at;
}

/* The first byte that no text has: a control character, or one that is not UTF-8; or `size`. */
static size_t first_odd_byte(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size) {
        at += plain_blocks(bytes + at, size - at);
        for (size_t n, end = at + nu_smaller(size - at, BLOCK); at < end; at += n) {
            unsigned char b = bytes[at];
            n = character_size(bytes + at, size - at);
            if (n == 0 || (b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f'))
                return at;
        }
    }
    return size;
}

int nu_is_utf8(const char *text)
{
    return first_odd_byte((const unsigned char *)text, strlen(text)) == strlen(text);
}

int nu_is_any_utf8(const char *text, size_t size)
{
    const unsigned char *b = (const unsigned char *)text;
    for (size_t at = 0, n; at < size; at += n)
        if ((n = character_size(b + at, size - at)) == 0)
            return 0;
    return 1;
}

/* The line that byte `at` is in. */
static size_t line_of(const char *text, size_t at)
{
    size_t lines = nu_csv_count_lines(text, at);
    return lines + (at == 0 || strchr("\r\n", text[at - 1]) != NULL);
}

/* `at`: the first odd byte of the text, which has `before` bytes of the file before it, and begins
 * with line `first_line`. */
static nudge_status refuse(const char *source, const char *text, size_t size, size_t at,
                           size_t first_line, uint64_t before, nudge_error *err)
{
    unsigned char byte = (unsigned char)text[at];
    size_t line = first_line - 1 + line_of(text, at);
    if (byte >= ' ')
        return nu_fail_setting(err, NUDGE_EDATA, "encoding", "%s:%zu: byte %" PRIu64 " of the "
                               "file, 0x%02X, is not UTF-8; name the file's encoding, such as "
                               "latin1, or save it as UTF-8", source, line, before + at + 1, byte);
    if (byte == 0 && size >= 4 && (text[0] == '\0') == (text[2] == '\0') &&
        (text[1] == '\0') == (text[3] == '\0') && (text[0] == '\0') != (text[1] == '\0'))
        return nu_fail_setting(err, NUDGE_EDATA, "encoding", "%s: it looks like UTF-16 without a "
                               "byte order mark; name its encoding, utf-16%s", source,
                               text[0] == '\0' ? "be" : "le");
    return nu_fail(err, NUDGE_EDATA, "%s:%zu: the byte 0x%02X is no text; an IDX file or a CSV "
                   "table was expected", source, line, byte);
}

nudge_status nu_csv_check(const char *source, const char *text, size_t size, size_t first_line,
                          uint64_t before, nudge_error *err)
{
    size_t odd = first_odd_byte((const unsigned char *)text, size);
    return odd == size ? NUDGE_OK : refuse(source, text, size, odd, first_line, before, err);
}

static nudge_status check(const char *source, const char *text, size_t size, size_t mark,
                          nudge_error *err)
{
    size_t blank = 0;
    while (blank < size && strchr(" \t\r\n", text[blank]) != NULL && text[blank] != '\0')
        blank++;
    if (blank == size)
        return nu_fail(err, NUDGE_EDATA,
                       "%s: empty file; a CSV table with a header line was expected", source);
    return nu_csv_check(source, text, size, 1, mark, err);
}

/* ---- Other encodings ------------------------------------------------------------------- */

/* Text on its way through iconv. */
typedef struct conversion {
    iconv_t cd;
    char *out;
    size_t used, room;
} conversion;

static void conversion_end(conversion *c)
{
    if (c->cd != (iconv_t)-1)
        iconv_close(c->cd);
    free(c->out);
}

static nudge_status enlarge(conversion *c, size_t left, const char *source, nudge_error *err)
{
    size_t room = c->used + left + left / 2 + 64;
    NU_TRY(nu_memory_check(room, source, err));
    char *out = realloc(c->out, room);
    NU_NEED(out != NULL, room, source, err);
    c->out = out;
    c->room = room;
    return NUDGE_OK;
}

/* From byte `mark` of the source on, as text in its place. */
static nudge_status convert(nu_source *s, size_t mark, const char *encoding, nudge_error *err)
{
    conversion c NU_SCOPED(conversion_end) = {.cd = iconv_open("UTF-8", encoding)};
    int error = c.cd == (iconv_t)-1 ? errno : 0;
    if (error != 0 && error != EINVAL)
        return nu_fail(err, NUDGE_EIO, "%s: cannot convert it from %s: %s", s->name, encoding,
                       strerror(error));
    if (error != 0 || strchr(encoding, '/') != NULL)
        return nu_fail_setting(err, NUDGE_EARGUMENT, "encoding", "'%s' is no encoding that is "
                               "known here; utf-8, latin1, windows-1252, utf-16le are", encoding);
    char *in = (char *)s->bytes + mark;
    size_t left = (size_t)s->size - mark;
    NU_TRY(enlarge(&c, left, s->name, err));
    while (left > 0) {
        char *out = c.out + c.used;
        size_t room = c.room - c.used;
        size_t made = iconv(c.cd, &in, &left, &out, &room);
        error = errno;
        c.used = (size_t)(out - c.out);
        if (made != (size_t)-1)
            break;
        if (error != E2BIG)
            return nu_fail_setting(err, NUDGE_EDATA, "encoding", "%s:%zu: byte %zu of the file, "
                                   "0x%02X, is not %s", s->name, line_of(c.out, c.used),
                                   (size_t)s->size - left + 1,
                                   ((unsigned char *)s->bytes)[s->size - left], encoding);
        NU_TRY(enlarge(&c, left, s->name, err));
    }
    free(s->bytes);
    s->bytes = (unsigned char *)NU_TAKE(c.out);
    s->size = c.used;
    return NUDGE_OK;
}

/* ---- All of it ------------------------------------------------------------------------- */

/* The longer marks first: that of UTF-32 begins as UTF-16's. */
static const struct mark {
    const char *bytes;
    size_t size;
    const char *encoding; /* NULL: UTF-8 */
} marks[] = {
    {"\xff\xfe\0\0", 4, "UTF-32LE"}, {"\0\0\xfe\xff", 4, "UTF-32BE"}, {"\xef\xbb\xbf", 3, NULL},
    {"\xff\xfe", 2, "UTF-16LE"},     {"\xfe\xff", 2, "UTF-16BE"},
};

nudge_status nu_csv_decode(nu_source *s, char **text, size_t *size, const char *encoding,
                           int is_likely, nudge_error *err)
{
    size_t mark = 0;
    if (encoding != NULL && (encoding[0] == '\0' || strcasecmp(encoding, "utf-8") == 0))
        encoding = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && mark == 0; i++)
        if (s->size >= marks[i].size && memcmp(s->bytes, marks[i].bytes, marks[i].size) == 0) {
            mark = marks[i].size;
            encoding = marks[i].encoding;
        }
    if (encoding != NULL && is_likely && mark == 0 &&
        first_odd_byte(s->bytes, (size_t)s->size) == s->size)
        encoding = NULL;
    if (encoding != NULL) {
        NU_TRY(convert(s, mark, encoding, err));
        mark = 0;
    }
    *text = (char *)s->bytes + mark;
    *size = (size_t)s->size - mark;
    return check(s->name, *text, *size, mark, err);
}
