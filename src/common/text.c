#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const char *nu_bytes_text(char buf[NU_TEXT], double bytes)
{
    static const char *const unit[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t u = 0;
    while (bytes >= 999.5 && u + 1 < sizeof unit / sizeof *unit) {
        bytes /= 1000;
        u++;
    }
    snprintf(buf, NU_TEXT, bytes < 9.95 && u > 0 ? "%.1f %s" : "%.0f %s", bytes, unit[u]);
    return buf;
}

/* Three digits: "4.31", "43.1", "431". */
static const char *three_digits(char buf[NU_TEXT], double x, const char *unit)
{
    int decimals = x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
    snprintf(buf, NU_TEXT, "%.*f %s", decimals, x, unit);
    return buf;
}

const char *nu_seconds_text(char buf[NU_TEXT], double seconds)
{
    if (!(seconds > 0))
        snprintf(buf, NU_TEXT, isnan(seconds) ? "-" : "0 s");
    else if (seconds < 0.9995e-6)
        return three_digits(buf, seconds * 1e9, "ns");
    else if (seconds < 0.9995e-3)
        return three_digits(buf, seconds * 1e6, "µs");
    else if (seconds < 0.9995)
        return three_digits(buf, seconds * 1e3, "ms");
    else if (seconds < 59.95)
        snprintf(buf, NU_TEXT, "%.3g s", seconds);
    else {
        double whole = round(seconds < 3599.5 ? seconds : seconds / 60); /* seconds or minutes */
        const char *large = seconds < 3599.5 ? "min" : "h", *small = seconds < 3599.5 ? "s" : "min";
        double first = floor(whole / 60), rest = whole - 60 * first;
        if (rest > 0)
            snprintf(buf, NU_TEXT, "%.0f %s %02.0f %s", first, large, rest, small);
        else
            snprintf(buf, NU_TEXT, "%.0f %s", first, large);
    }
    return buf;
}

const char *nu_count_text(char buf[NU_TEXT], double count)
{
    double size = fabs(count);
    if (isnan(count))
        snprintf(buf, NU_TEXT, "-");
    else if (size < 999.5)
        snprintf(buf, NU_TEXT, "%.3g", count);
    else if (size < 999999.5)
        snprintf(buf, NU_TEXT, "%.0f,%03.0f", trunc(round(count) / 1000),
                 fmod(round(size), 1000));
    else if (size < 999.5e6)
        return three_digits(buf, count * 1e-6, "M");
    else
        return three_digits(buf, count * 1e-9, "G");
    return buf;
}

const char *nu_shape_text(char buf[NU_SHAPE_TEXT], const uint64_t *shape, size_t rank)
{
    size_t used = (size_t)snprintf(buf, NU_SHAPE_TEXT, "[");
    for (size_t i = 0; i < rank; i++) {
        char number[32];
        int n = snprintf(number, sizeof number, "%s%" PRIu64, i > 0 ? ", " : "", shape[i]);
        int fits = used + (size_t)n + sizeof ", ...]" <= NU_SHAPE_TEXT;
        used += (size_t)snprintf(buf + used, NU_SHAPE_TEXT - used, "%s", fits ? number : ", ...");
        if (!fits)
            break;
    }
    snprintf(buf + used, NU_SHAPE_TEXT - used, "]");
    return buf;
}

void nu_one_line(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
        else if ((unsigned char)*c == 0xc2 && ((unsigned char)c[1] & 0xe0) == 0x80)
            c[0] = c[1] = '?'; /* U+0080 to U+009F: some terminals take them for ESC and a letter */
}

size_t nu_text_width(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

size_t nu_print_wrapped(FILE *stream, const char *text, size_t at, size_t indent, size_t width)
{
    while (*text != '\0') {
        int bytes = (int)strcspn(text, " \n");
        char word[256];
        snprintf(word, sizeof word, "%.*s", bytes, text);
        size_t columns = nu_text_width(word);
        if (at > indent && at + 1 + columns > width) {
            fprintf(stream, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', stream);
            at++;
        }
        for (int i = 0; i < bytes; i++)
            fputc(text[i] == '\t' ? ' ' : text[i], stream);
        at += columns;
        text += bytes;
        if (*text == '\n') {
            fprintf(stream, "\n%*s", (int)indent, "");
            at = indent;
        }
        text += *text != '\0';
    }
    return at;
}
