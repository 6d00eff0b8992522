/* nudge plot: training curves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support/commands.h"
#include "support/say.h"
#include "support/gnuplot.h"
#include "plot/plot_curves.h"
#include "plot/plot_names.h"
#include "support/data_options.h"
#include "whole.h"

static const option own[] = {
    {"out", .help = "write a picture; the ending says which kind, .svg or .png"},
    {"text", NULL, NULL, .help = "draw with characters on stdout; the default in a terminal"},
    {"size", "WxH", NULL, .help = "pixels [800x500]; with --text characters and lines [those of the "
     "terminal, or 80x24]"},
    {"x", "epoch|time", "epoch", .help = "against what; time is the sum of the epochs' seconds"},
    {"y", "loss|accuracy|rmse|speed", "loss", .help = "what; rmse is that of validation"},
    {"log", "", NULL, .help = "logarithmic y axis"},
    {"title", "TEXT", NULL, .help = "above the curves [what is shown]"},
    {"names", "A,B,...", NULL, .help = "what the legend calls the runs [their files]; long names "
     "lose their middle"},
    {0},
};

typedef struct plot {
    plot_setup setup;
    const char *out; /* NULL: as text to stdout */
    size_t n;
    run_log *runs;
    char **names; /* for free() as one block */
} plot;

/* ---- Options --------------------------------------------------------------------------- */

/* A terminal's size less the line of the next prompt. */
static void terminal_size(gnuplot_canvas *c)
{
    struct winsize w;
    c->width = 80;
    c->height = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40 && w.ws_row >= 12) {
        c->width = w.ws_col < 500 ? w.ws_col : 500;
        c->height = w.ws_row < 200 ? w.ws_row - 1 : 200;
    }
}

/* "800x500" */
static void read_size(gnuplot_canvas *c, arguments *args)
{
    char what[120], width[16];
    int text = c->kind == GNUPLOT_TEXT;
    uint64_t least[2] = {200, 150}, most[2] = {8000, 8000}, w, h;
    if (text) {
        least[0] = 40, least[1] = 10;
        most[0] = 500, most[1] = 200;
    }
    const char *size = text_of(args, "size");
    if (size == NULL) {
        *c = (gnuplot_canvas){c->kind, 800, 500};
        if (text)
            terminal_size(c);
        return;
    }
    size_t n = strcspn(size, "x");
    snprintf(width, sizeof width, "%.*s", (int)(n < sizeof width ? n : sizeof width - 1), size);
    if (n < sizeof width && size[n] == 'x' && nu_parse_whole(width, least[0], most[0], &w) &&
        nu_parse_whole(size + n + 1, least[1], most[1], &h)) {
        c->width = (int)w;
        c->height = (int)h;
        return;
    }
    snprintf(what, sizeof what, "%s, such as %s, from %dx%d to %dx%d",
             text ? "characters x lines" : "width x height in pixels", text ? "80x24" : "800x500",
             (int)least[0], (int)least[1], (int)most[0], (int)most[1]);
    refuse(args, "size", what);
}

/* --out, --text and --size. */
static void read_output(plot *p, arguments *args)
{
    const char *name = args->command->name;
    gnuplot_canvas *c = &p->setup.canvas;
    p->out = text_of(args, "out");
    c->kind = GNUPLOT_TEXT;
    if (p->out != NULL) {
        refuse_given(args, "text", "it cannot be used together with --out");
        if (!gnuplot_kind_of(p->out, &c->kind))
            refuse(args, "out", "a file that ends in .svg or .png");
    } else if (!given(args, "text") && !isatty(STDOUT_FILENO)) {
        say(name, "--out FILE.svg, --out FILE.png or --text is needed, as standard output is no "
            "terminal");
        args->failed = 1;
    }
    for (size_t i = 0; p->out != NULL && i < args->words && !args->failed; i++)
        if (same_file(p->out, args->word[i])) {
            say(name, "--out: '%s' is also a run to plot; it must be a file of its own", p->out);
            args->failed = 1;
        }
    check_output(args, "out", "");
    read_size(c, args);
}

static void read_curves(plot *p, arguments *args)
{
    p->setup.x = (enum plot_x)choice_of(args, "x");
    p->setup.y = (enum plot_y)choice_of(args, "y");
    p->setup.log = given(args, "log");
    p->setup.title = text_of(args, "title");
}

static void read_names(plot *p, arguments *args)
{
    const char *text = text_of(args, "names");
    size_t n;
    if (text == NULL) {
        p->names = names_of_files(args->word, p->n);
        return;
    }
    p->names = split_commas(text, &n);
    if (n != p->n) {
        char what[80];
        snprintf(what, sizeof what, "a name for each of %zu run%s, separated by commas", p->n,
                 p->n == 1 ? "" : "s");
        refuse(args, "names", what);
    }
    for (size_t i = 0; i < n; i++)
        if (p->names[i][0] == '\0')
            refuse(args, "names", "names with commas between them (one is empty)");
}

static int plot_start(plot *p, arguments *args)
{
    *p = (plot){.n = args->words};
    if (p->n == 0) {
        say(args->command->name, "files that 'nudge train --log' wrote are needed");
        return EXIT_BAD_INPUT;
    }
    if (p->n > PLOT_MOST_RUNS) {
        say(args->command->name, "%zu runs, but colours and marks can tell at most %d apart", p->n,
            PLOT_MOST_RUNS);
        return EXIT_BAD_INPUT;
    }
    read_curves(p, args);
    read_output(p, args);
    read_names(p, args);
    p->runs = need(calloc(p->n, sizeof *p->runs));
    for (size_t i = 0; i < p->n && !args->failed; i++)
        shorten_name(p->names[i]);
    p->setup.n = p->n;
    p->setup.runs = p->runs;
    p->setup.names = (const char *const *)p->names;
    return args->failed ? EXIT_BAD_INPUT : EXIT_DONE;
}

static void plot_end(plot *p)
{
    for (size_t i = 0; p->runs != NULL && i < p->n; i++)
        run_log_end(&p->runs[i]);
    free(p->runs);
    free(p->names);
}

/* ---- Runs ------------------------------------------------------------------------------ */

static int read_runs(plot *p, const arguments *args)
{
    char why[NUDGE_ERROR_SIZE];
    const char *name = args->command->name;
    for (size_t i = 0; i < p->n; i++) {
        const char *path = args->word[i];
        int status = run_log_read(&p->runs[i], path, why, sizeof why);
        if (status != EXIT_DONE) {
            say(name, "%s", why);
            return status;
        }
        if (p->setup.x == PLOT_TIME && p->runs[i].no_seconds > 0) {
            say(name, "%s: line %zu: it has no \"seconds\", which --x time needs", path,
                p->runs[i].no_seconds);
            return EXIT_BAD_INPUT;
        }
    }
    return EXIT_DONE;
}

/* What the runs have instead, for a message: "loss, speed". */
static void list_metrics(char *buf, size_t size, const plot *p)
{
    static const char *const name[] = {"loss", "accuracy", "rmse", "speed"};
    size_t used = 0;
    *buf = '\0';
    for (int y = PLOT_LOSS; y <= PLOT_SPEED; y++) {
        int there = 0;
        for (size_t i = 0; i < p->n; i++)
            there = there || plot_has(&p->runs[i], (enum plot_y)y);
        if (there)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     name[y]);
    }
}

/* Whether there is something to draw. */
static int check_curves(const plot *p, arguments *args)
{
    const plot_setup *s = &p->setup;
    const char *name = args->command->name;
    char have[80];
    size_t curves = plot_count_curves(s), dropped, points;
    plot_count_points(s, &dropped, &points);
    if (curves == 0) {
        list_metrics(have, sizeof have, p);
        say(name, "--y: %s %s %s; there is %s", p->n == 1 ? args->word[0] : "no run",
            p->n == 1 ? "has no" : s->y == PLOT_ACCURACY || s->y == PLOT_RMSE ? "has an" : "has a",
            plot_y_name(s->y), have);
        return EXIT_BAD_INPUT;
    }
    if (s->log && dropped == points) {
        say(name, "--log: no %s is above 0, and a logarithmic axis has nothing else",
            plot_y_name(s->y));
        return EXIT_BAD_INPUT;
    }
    if (s->canvas.kind == GNUPLOT_TEXT && curves > PLOT_MOST_TEXT_CURVES) {
        say(name, "--text: %zu curves, but there are letters for at most %d; give fewer runs, or "
            "--out FILE.svg", curves, PLOT_MOST_TEXT_CURVES);
        return EXIT_BAD_INPUT;
    }
    return EXIT_DONE;
}

/* What the picture does not show, on stderr. */
static void tell_omissions(const plot *p, const arguments *args)
{
    const plot_setup *s = &p->setup;
    const char *name = args->command->name;
    size_t dropped, points;
    for (size_t i = 0; i < p->n; i++) {
        if (p->runs[i].cut > 0)
            say(name, "%s: line %zu is half written and left out (is training still going on?)",
                args->word[i], p->runs[i].cut);
        if (!plot_has(&p->runs[i], s->y))
            say(name, "%s: it has no %s, and so no curve", args->word[i], plot_y_name(s->y));
    }
    plot_count_points(s, &dropped, &points);
    if (s->log && dropped > 0)
        say(name, "--log: %zu of %zu points are not above 0 and left out", dropped, points);
}

/* ---- Drawing --------------------------------------------------------------------------- */

/* What gnuplot drew, without the form feeds, empty lines and spaces at its ends. */
static void print_text(const char *text)
{
    size_t empty = 0;
    int begun = 0;
    while (*text != '\0') {
        text += strspn(text, "\f");
        size_t line = strcspn(text, "\n"), n = line;
        while (n > 0 && strchr(" \f", text[n - 1]) != NULL)
            n--;
        if (n > 0) {
            for (; begun && empty > 0; empty--)
                putchar('\n');
            printf("%.*s\n", (int)n, text);
            begun = 1;
        }
        empty = n > 0 ? 0 : empty + 1;
        text += line + (text[line] == '\n');
    }
}

static int draw(const plot *p, const char *name)
{
    char why[NUDGE_ERROR_SIZE], *text = NULL, *script = plot_script(&p->setup);
    int good = p->out != NULL ? gnuplot_file(script, p->out, why, sizeof why)
                              : gnuplot_run(script, &text, why, sizeof why);
    free(script);
    if (!good)
        say(name, "%s", why);
    else if (p->out == NULL && text[strspn(text, " \f\n")] == '\0') {
        say(name, "gnuplot drew nothing");
        good = 0;
    } else if (p->out == NULL)
        print_text(text);
    free(text);
    return good ? EXIT_DONE : EXIT_RUN_FAILED;
}

static int run(arguments *args)
{
    plot p;
    int status = plot_start(&p, args);
    if (status == EXIT_DONE)
        status = read_runs(&p, args);
    if (status == EXIT_DONE)
        status = check_curves(&p, args);
    if (status == EXIT_DONE)
        status = draw(&p, args->command->name);
    if (status == EXIT_DONE)
        tell_omissions(&p, args);
    plot_end(&p);
    return status;
}

const command command_plot = {
    .name = "plot",
    .synopsis = "RUN.jsonl... [OPTION]...",
    .summary = "curves of training runs",
    .about = "Draws the training and validation curves of one or several runs, from the files "
             "that 'nudge train --log' wrote, also while training goes on. Training is solid and "
             "validation dashed, a colour per run.\n\n"
             "gnuplot draws (Debian: gnuplot-nox); the environment variable GNUPLOT may name "
             "another program than the gnuplot on PATH.",
    .own = own,
    .options = "Output: out text size\nCurves: x y log title names\n",
    .examples = "  nudge plot run.jsonl\n"
                "  nudge plot slow.jsonl fast.jsonl --names 'lr 1e-3,lr 1e-2' -o loss.svg\n"
                "  nudge plot run.jsonl --y accuracy --x time -o accuracy.png\n",
    .most_words = SIZE_MAX,
    .run = run,
};
