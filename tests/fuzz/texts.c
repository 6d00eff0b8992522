/* Readers of texts: logs, specs, numbers, lists. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "date.h"
#include "fuzz.h"
#include "plot/plot.h"
#include "read/column_list.h"
#include "real_text.h"
#include "support/config.h"
#include "synth/generator.h"
#include "whole.h"

static char *string_of(const unsigned char *bytes, size_t size)
{
    char *text = malloc(size + 1);
    HOLDS(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

/* ---- Logs of runs -------------------------------------------------------------------------- */

static void read_and_plot(void *of)
{
    run_log *log = of;
    const char *name = "it's a run";
    run_log_read(log, "-");
    for (int y = 0; y < PLOT_METRICS; y++) {
        plot p = {.kind = PLOT_SVG, .width = 800, .height = 500, .x = RUN_EPOCH, .y = y, .n = 1,
                  .runs = log, .names = &name};
        if (plot_has(log, y)) {
            plot_find_curves(&p);
            free(plot_script(&p));
        }
    }
    free(log->epochs);
}

void read_log(const reader *r, const unsigned char *bytes, size_t size)
{
    static char buffer[BUFSIZ]; /* not one of what is freed */
    FILE *input = stdin;
    run_log log = {0};
    (void)r;
    stdin = fmemopen((void *)bytes, size, "r");
    if (stdin != NULL) {
        setvbuf(stdin, buffer, _IOFBF, sizeof buffer);
        survive(read_and_plot, &log);
        fclose(stdin);
    }
    stdin = input;
}

/* ---- Files of options ---------------------------------------------------------------------- */

static void take_config(void *of)
{
    static char name[] = "train", *argv[] = {name, NULL};
    static const command c = {.name = name, .options = "Fuzz: hidden lr seed optimizer quiet\n"};
    arguments args;
    size_t n;
    arguments_start(&args, &c, 1, argv);
    config_take(&args, of, "options.json");
    free(config_text(&args, "", 0));
    if (given(&args, "hidden"))
        free(wholes_of(&args, "hidden", 1000, "", &n));
    if (given(&args, "lr"))
        HOLDS(real_of(&args, "lr", ABOVE_0) > 0);
    if (given(&args, "seed"))
        HOLDS(whole_of(&args, "seed", 1, 9) < 10);
    HOLDS(choice_of(&args, "optimizer") >= 0);
    arguments_end(&args);
}

void read_config(const reader *r, const unsigned char *bytes, size_t size)
{
    char *text NU_FREED = string_of(bytes, size);
    (void)r;
    survive(take_config, text);
}

/* ---- Specs --------------------------------------------------------------------------------- */

void read_synth(const reader *r, const unsigned char *bytes, size_t size)
{
    nudge_error err = {0};
    nu_synth s = {0};
    char *spec NU_FREED = string_of(bytes, size);
    nudge_status status = nu_synth_parse(&s, spec, 1, &err);
    (void)r;
    check_outcome(status, status == NUDGE_OK, &err);
    if (status != NUDGE_OK)
        return;
    HOLDS(s.rows > 0 && s.features > 0);
    /* Small ones are made, too; the lowest loss of classes takes 20,000 rows. */
    int is_fast = (double)s.rows * (double)s.features < 1e3 &&
                  (double)(s.n_hidden + s.n_work) < 1e3 && (s.classes == 0 || s.rows == 3);
    if (is_fast && strncmp(spec, "synth:", 6) == 0) {
        nudge_table *t = NULL;
        nudge_read_options options = nudge_read_defaults();
        options.threads = 1;
        status = nudge_table_read(&t, spec, &options, &err);
        check_outcome(status, t != NULL, &err);
        HOLDS(t == NULL || nudge_table_describe(t).rows == s.rows);
        nudge_table_free(t);
    }
}

/* ---- Numbers ------------------------------------------------------------------------------- */

/* Equal, bit by bit. */
static int is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* A number is what the C library says, written as it writes it. */
static void check_number(const char *text, double value)
{
    char ours[NU_REAL_TEXT], theirs[NU_REAL_TEXT];
    HOLDS(is_same(value, strtod(text, NULL)));
    for (int digits = 1; digits <= 17; digits += 8) {
        int n = nu_real_text(ours, value, digits);
        HOLDS(n == snprintf(theirs, sizeof theirs, "%.*g", digits, value));
        HOLDS(strcmp(ours, theirs) == 0);
    }
}

void read_number(const reader *r, const unsigned char *bytes, size_t size)
{
    double value, days, again;
    uint64_t whole;
    char date[NU_DATE_TEXT], *text NU_FREED = string_of(bytes, size);
    (void)r;
    if (nu_parse_whole(text, 0, UINT64_MAX, &whole)) {
        HOLDS(whole == strtoull(text, NULL, 10));
        HOLDS(!nu_parse_whole(text, 10, 20, &whole) || (whole >= 10 && whole <= 20));
    }
    if (nu_parse_real(text, &value)) {
        HOLDS(isfinite(value));
        check_number(text, value);
    }
    size_t used = nu_scan_real(text, text + size, '.', &value);
    HOLDS(used <= size);
    if (used > 0) {
        text[used] = '\0';
        check_number(text, value);
    }
    (void)nu_scan_real(text, text + strlen(text), ',', &value);
    if (nu_date_parse((const char *)bytes, size, &days)) {
        nu_date_text(date, days);
        HOLDS(nu_date_parse(date, strlen(date), &again) && fabs(again - days) < 2.0 / 86400);
    }
}

/* ---- Lists ------------------------------------------------------------------------------- */

static const char *column_name(const void *of, size_t j)
{
    static const char *const names[] = {"age", "town", "a,b", "3", "x*", "", " y ", "5-7"};
    (void)of;
    return j < sizeof names / sizeof *names ? names[j] : NULL;
}

void read_list(const reader *r, const unsigned char *bytes, size_t size)
{
    nu_columns columns = {.source = "data", .n = 8, .name = column_name};
    nudge_error err = {0};
    size_t n, *column = NULL, seen = 0;
    char *text NU_FREED = string_of(bytes, size);
    (void)r;
    char **part = nu_split(text, ',', &n);
    HOLDS(part != NULL && n > 0);
    for (size_t i = 0; i < n; i++) {
        HOLDS(strncmp(text + seen, part[i], strlen(part[i])) == 0);
        seen += strlen(part[i]) + 1;
    }
    HOLDS(seen == strlen(text) + 1);
    free(part);
    free(nu_list_split(text, &n));
    nudge_status status =
        nu_columns_of_list(&column, &n, &columns, text, "features", "features", &err);
    check_outcome(status, column != NULL, &err);
    unsigned char is_there[8] = {0};
    for (size_t i = 0; column != NULL && i < n; i++)
        HOLDS(column[i] < 8 && is_there[column[i]]++ == 0);
    free(column);
}
