/* nudge plot: training curves. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "plot/plot.h"
#include "support/data_options.h"
#include "support/gnuplot.h"
#include "support/options.h"
#include "support/say.h"
#include "whole.h"

static const option own[] = {
    {"out", .help = "write a picture; the ending says which kind, .svg or .png"},
    {"text", .help = "draw with characters on stdout; the default in a terminal"},
    {"size", "WxH", .help = "pixels [800x500]; with --text characters and lines [those of the "
                            "terminal, or 80x24]"},
    {"x", "epoch|time", "epoch", .help = "against what; time is the sum of the epochs' seconds"},
    {"y", "loss|accuracy|rmse|speed", "loss", .help = "what; rmse is that of validation"},
    {"log", "", .help = "logarithmic y axis"},
    {"title", "TEXT", .help = "above the curves [the run's name, if there is one run]"},
    {"names", "A,B,...", .help = "what the legend calls the runs [their files]; long names lose "
                                 "their middle"},
    {0},
};

/* ---- Options --------------------------------------------------------------------------- */

/* "800x500"; text fills the terminal but for the line of the next prompt. */
static void read_size(plot *p, arguments *args)
{
    int text = p->kind == PLOT_TEXT;
    size_t n;
    p->width = 800;
    p->height = 500;
    if (text) {
        terminal_size(STDOUT_FILENO, &p->width, &p->height);
        p->width = p->width < 40 ? 40 : p->width;
        p->height = p->height < 12 ? 12 : p->height - isatty(STDOUT_FILENO);
    }
    if (!given(args, "size"))
        return;
    size_t *size = whole_list(text_of(args, "size"), 'x', text ? 10 : 150, text ? 500 : 8000, &n);
    if (size == NULL || n != 2)
        refuse(args, "size", text ? "characters x lines, such as 80x24, each from 10 to 500"
                                  : "width x height in pixels, such as 800x500, each from 150 to "
                                    "8000");
    p->width = (int)size[0];
    p->height = (int)size[1];
    free(size);
}

/* --out, --text and --size. Returns the path of the picture, or NULL for text. */
static const char *read_output(plot *p, arguments *args)
{
    const char *out = text_of(args, "out");
    p->kind = out != NULL ? plot_kind_of(out) : PLOT_TEXT;
    if (out != NULL && p->kind == PLOT_TEXT)
        refuse(args, "out", "a file that ends in .svg or .png");
    if (out != NULL)
        refuse_given(args, "text", "it cannot be used together with --out");
    else if (!given(args, "text") && !isatty(STDOUT_FILENO))
        complain("--out FILE.svg, --out FILE.png or --text is needed, as standard output is "
                 "no terminal");
    for (size_t i = 0; out != NULL && i < args->words; i++)
        if (same_file(out, args->word[i]))
            complain("--out: '%s' is also a run to plot; it must be a file of its own", out);
    check_output(args, "out", "");
    read_size(p, args);
    return out;
}

/* Names that --names gives, in *block, or the files' without the folders that all are in. */
static void read_names(plot *p, arguments *args, char ***block)
{
    size_t n = p->n, folder = 0;
    for (const char *c = args->word[0]; *c != '\0'; c++)
        folder = *c == '/' ? (size_t)(c - args->word[0]) + 1 : folder;
    for (size_t i = 1; i < p->n; i++)
        while (folder > 0 && strncmp(args->word[i], args->word[0], folder) != 0)
            for (folder--; folder > 0 && args->word[0][folder - 1] != '/';)
                folder--;
    if (given(args, "names"))
        *block = need(nu_split(text_of(args, "names"), ',', &n));
    p->names = need(calloc(p->n, sizeof *p->names));
    for (size_t i = 0; i < p->n; i++)
        p->names[i] = *block == NULL ? args->word[i] + folder : n == p->n ? (*block)[i] : "";
    for (size_t i = 0; i < p->n; i++)
        if (p->names[i][0] == '\0')
            refuse(args, "names", "a name for each run, separated by commas");
}

/* Returns as read_output(). */
static const char *read_options(plot *p, arguments *args, char ***block)
{
    p->n = args->words;
    if (p->n == 0)
        complain("files that 'nudge train --log' wrote are needed");
    if (p->n > PLOT_MOST_RUNS)
        complain("colours and marks can tell at most %d runs apart", PLOT_MOST_RUNS);
    p->x = choice_of(args, "x") == 0 ? RUN_EPOCH : RUN_TIME;
    p->y = choice_of(args, "y");
    p->log = given(args, "log");
    p->title = text_of(args, "title");
    const char *out = read_output(p, args);
    read_names(p, args, block);
    return out;
}

/* ---- Runs ------------------------------------------------------------------------------ */

static void read_runs(plot *p, const arguments *args)
{
    p->runs = need(calloc(p->n, sizeof *p->runs));
    for (size_t i = 0; i < p->n; i++)
        run_log_read(&p->runs[i], args->word[i]);
    plot_find_curves(p);
}

/* There must be something to draw. */
static void check_curves(const plot *p, const arguments *args)
{
    const char *what = plot_metrics[p->y].name;
    char have[80] = "";
    for (size_t i = 0; i < p->n; i++)
        if (isnan(p->runs[i].epochs[p->runs[i].n - 1].value[p->x]))
            complain("%s: not every line has \"seconds\", which --x time needs", args->word[i]);
    for (int y = 0; y < PLOT_METRICS; y++)
        if (plot_has(&p->runs[0], y))
            snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s",
                     *have != '\0' ? ", " : "", plot_metrics[y].name);
    if (p->n_curves == 0)
        complain("--y: there is no %s; %s has %s", what, args->word[0], have);
    if (p->log && isinf(p->low))
        complain("--log: no %s is above 0, and a logarithmic axis has nothing else", what);
    if (p->kind == PLOT_TEXT && p->n_curves > PLOT_MOST_LETTERS)
        complain("--text: %zu curves, but there are letters for at most %d; give fewer runs, or "
                 "--out FILE.svg", p->n_curves, PLOT_MOST_LETTERS);
}

/* What the picture does not show, on stderr. */
static void tell_omissions(const plot *p, const arguments *args)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->runs[i].cut > 0)
            say("%s: line %zu is half written and left out (is training still going on?)",
                args->word[i], p->runs[i].cut);
        if (!plot_has(&p->runs[i], p->y))
            say("%s: it has no %s, and so no curve", args->word[i], plot_metrics[p->y].name);
    }
    if (p->log && p->not_above_0 > 0)
        say("--log: left out, as not above 0: %zu point%s", p->not_above_0,
            p->not_above_0 == 1 ? "" : "s");
}

/* What gnuplot drew, without form feeds, spaces at the ends of lines and empty lines; 0 after a
 * line if that is nothing. */
static int print_text(FILE *drawn)
{
    char line[4096];
    int lines = 0;
    rewind(drawn);
    while (fgets(line, sizeof line, drawn) != NULL) {
        for (size_t n = strlen(line); n > 0 && strchr(" \f\n", line[n - 1]) != NULL;)
            line[--n] = '\0';
        lines += *line != '\0' && puts(line) >= 0;
    }
    if (lines == 0)
        say("gnuplot drew nothing");
    return lines > 0;
}

static int draw(const plot *p, const char *out)
{
    char *script = plot_script(p);
    FILE *drawn = out == NULL ? need(tmpfile()) : NULL;
    int good = out != NULL ? gnuplot_file(script, out)
                           : gnuplot_run(script, drawn) && print_text(drawn);
    if (drawn != NULL)
        fclose(drawn);
    free(script);
    return good ? EXIT_DONE : EXIT_RUN_FAILED;
}

static int run(arguments *args)
{
    plot p = {0};
    char **block = NULL;
    const char *out = read_options(&p, args, &block);
    read_runs(&p, args);
    check_curves(&p, args);
    int status = draw(&p, out);
    if (status == EXIT_DONE)
        tell_omissions(&p, args);
    for (size_t i = 0; i < p.n; i++)
        free(p.runs[i].epochs);
    free(p.runs);
    free(p.names);
    free(block);
    return status;
}

const command command_plot = {
    .name = "plot",
    .synopsis = "RUN.jsonl... [OPTION]...",
    .summary = "curves of training runs",
    .about = "Draws the training and validation curves of one or several runs, from the files "
             "that 'nudge train --log' wrote (- is standard input), also while training goes on. "
             "Training is solid and validation dashed, a colour per run.\n\n"
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
