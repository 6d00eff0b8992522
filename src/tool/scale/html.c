#include "html.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/say.h"

/* jansson takes nothing else as a string. */
static int is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

void html_text(FILE *out, const char *text)
{
    int utf8 = is_utf8(text);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        switch (c) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default:
            if (c == 0x7f || (c < ' ' && c != '\n'))
                fputc(' ', out);
            else
                fputc(c >= 0x80 && !utf8 ? '?' : c, out);
        }
    }
}

void html_put(FILE *out, const char *tag, const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        need(NULL);
    va_end(args);
    fprintf(out, "<%s>", tag);
    html_text(out, text);
    fprintf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
    free(text);
}

/* RFC 4648. */
static void base64(FILE *out, const unsigned char *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t b1 = i + 1 < n ? bytes[i + 1] : 0, b2 = i + 2 < n ? bytes[i + 2] : 0;
        uint32_t group = (uint32_t)bytes[i] << 16 | b1 << 8 | b2;
        fputc(digit[group >> 18], out);
        fputc(digit[group >> 12 & 63], out);
        fputc(i + 1 < n ? digit[group >> 6 & 63] : '=', out);
        fputc(i + 2 < n ? digit[group & 63] : '=', out);
    }
}

void html_svg(FILE *out, const char *svg, const char *description)
{
    fputs("<img alt=\"", out);
    html_text(out, description);
    fputs("\" src=\"data:image/svg+xml;base64,", out);
    base64(out, (const unsigned char *)svg, strlen(svg));
    fputs("\">\n", out);
}
