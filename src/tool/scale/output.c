#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/say.h"
#include "atomic_file.h"
#include "write.h"

/* ---- Names ----------------------------------------------------------------------------- */

typedef void writer(const scale_study *study, FILE *stream);

static int has_repeats(const scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        for (size_t k = 0; k < s->points[i].n; k++)
            if (s->points[i].repeats[k].step > 0)
                return 1;
    return 0;
}

static int has_curves(const scale_study *s)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].curve.n > 0)
            return 1;
    return 0;
}

/* results.json first: a folder is known by it. */
static const struct file {
    const char *name;
    writer *write;
    int (*wanted)(const scale_study *s); /* NULL: always */
} files[] = {
    {"results.json", scale_write_json, NULL},
    {"results.csv", scale_write_repeats, NULL},
    {"points.csv", scale_write_points, NULL},
    {"curves.csv", scale_write_curves, has_curves},
    {"results.extrap.txt", scale_write_extrap, has_repeats},
    {"environment.json", scale_write_environment, NULL},
};

enum { FILES = sizeof files / sizeof *files, NAMES = FILES + 2 * SCALE_PLOTS + 1 };

static const char report_name[] = "report.html";

/* DIR/NAME.KIND, or DIR/NAME for an empty kind; for free(). */
static char *path_in(const char *dir, const char *name, const char *kind)
{
    char *path;
    size_t n = strlen(dir);
    if (asprintf(&path, "%s%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name, kind) < 0)
        need(NULL);
    return path;
}

/* All names that there can be, for free() each; NAMES of them. */
static void all_names(char *names[NAMES], const char *dir)
{
    size_t n = 0;
    for (size_t i = 0; i < FILES; i++)
        names[n++] = path_in(dir, files[i].name, "");
    for (int i = 0; i < SCALE_PLOTS; i++) {
        names[n++] = path_in(dir, scale_plot_name(i), ".svg");
        names[n++] = path_in(dir, scale_plot_name(i), ".png");
    }
    names[n++] = path_in(dir, report_name, "");
}

/* ---- Before ---------------------------------------------------------------------------- */

/* The folder's results.json says that nudge made it. */
static int is_ours(const char *dir)
{
    char *path = path_in(dir, files[0].name, "");
    json_t *json = json_load_file(path, 0, NULL);
    const char *format = json_string_value(json_object_get(json, "format"));
    int ours = format != NULL && strcmp(format, "nudge-scale") == 0;
    json_decref(json);
    free(path);
    return ours;
}

/* What stands in the way of a name; 0 after a line. */
static int name_is_free(const char *command, const char *dir, const char *path, int ours)
{
    struct stat there;
    if (lstat(path, &there) != 0) {
        if (errno == ENOENT)
            return 1;
        say(command, "--out %s: %s: %s", dir, path, strerror(errno));
    } else if (!ours) {
        say(command, "--out %s: %s is there already and not of nudge scale; give another folder",
            dir, path);
    } else if (!S_ISREG(there.st_mode)) {
        say(command, "--out %s: %s would have to be replaced, but is no regular file", dir, path);
    } else {
        return 1;
    }
    return 0;
}

static int check_folder(const char *command, const char *dir)
{
    char *names[NAMES], *probe = path_in(dir, ".nudge-scale.XXXXXX", "");
    int good = 1, ours = is_ours(dir), fd = mkstemp(probe);
    if (fd < 0) {
        say(command, "--out %s: files cannot be made in this folder: %s", dir, strerror(errno));
        good = 0;
    } else {
        close(fd);
        unlink(probe);
    }
    free(probe);
    all_names(names, dir);
    for (size_t i = 0; i < NAMES; i++) {
        good = good && name_is_free(command, dir, names[i], ours);
        free(names[i]);
    }
    return good ? EXIT_DONE : EXIT_BAD_INPUT;
}

int scale_output_check(const char *command, const char *dir)
{
    struct stat there;
    if (*dir == '\0') {
        say(command, "--out '': a folder's name cannot be empty");
        return EXIT_BAD_INPUT;
    }
    if (stat(dir, &there) == 0) {
        if (S_ISDIR(there.st_mode))
            return check_folder(command, dir);
        say(command, "--out %s: this is a file; a folder is needed", dir);
        return EXIT_BAD_INPUT;
    }
    if (errno == ENOENT && mkdir(dir, 0777) == 0) {
        rmdir(dir);
        return EXIT_DONE;
    }
    say(command, "--out %s: this folder cannot be made: %s", dir, strerror(errno));
    return EXIT_BAD_INPUT;
}

/* ---- Afterwards ------------------------------------------------------------------------ */

/* What is being written, and which names were. */
typedef struct folder {
    const scale_study *study;
    const char *command, *dir;
    const char *no_pictures;
    scale_plot plots[SCALE_PLOTS];
    const char *left[NAMES + 1]; /* without the report */
    char *left_text[NAMES];
    size_t n_left;
} folder;

static int could_not(const folder *f, const char *path)
{
    say(f->command, "%s: %s", path, strerror(errno));
    return 0;
}

/* A file that a `writer`, or the report, or a text fills. 0 after a line. */
static int write_file(folder *f, const char *name, const char *kind, writer *write,
                      const char *text)
{
    char *path = path_in(f->dir, name, kind);
    nu_atomic_file out;
    errno = nu_atomic_open(&out, path);
    int good = errno == 0;
    if (good) {
        if (write != NULL)
            write(f->study, out.stream);
        else if (text != NULL)
            fputs(text, out.stream);
        else
            scale_write_report(f->study, f->plots, f->no_pictures, f->left, out.stream);
        errno = nu_atomic_commit(&out);
        good = errno == 0;
    }
    if (!good)
        could_not(f, path);
    free(path);
    return good;
}

static void remember(folder *f, const char *name, const char *kind)
{
    f->left_text[f->n_left] = path_in("", name, kind);
    f->left[f->n_left] = f->left_text[f->n_left] + 1; /* without the slash */
    f->n_left++;
}

/* What an earlier study left under a name that this one has nothing for would pass for its own. */
static int drop(folder *f, const char *name, const char *kind)
{
    char *path = path_in(f->dir, name, kind);
    int good = unlink(path) == 0 || errno == ENOENT || could_not(f, path);
    free(path);
    return good;
}

static int write_numbers(folder *f)
{
    for (size_t i = 0; i < FILES; i++) {
        int wanted = files[i].wanted == NULL || files[i].wanted(f->study);
        if (!(wanted ? write_file(f, files[i].name, "", files[i].write, NULL)
                     : drop(f, files[i].name, "")))
            return 0;
        if (wanted)
            remember(f, files[i].name, "");
    }
    return 1;
}

static int write_plots(folder *f, char *pictures, size_t size)
{
    char error[2 * NUDGE_ERROR_SIZE];
    if (!scale_plots_draw(f->plots, f->study, f->dir, pictures, size, error, sizeof error)) {
        say(f->command, "%s", error);
        return 0;
    }
    for (int i = 0; i < SCALE_PLOTS; i++) {
        const scale_plot *p = &f->plots[i];
        if (p->svg == NULL) {
            if (!drop(f, p->name, ".svg") || !drop(f, p->name, ".png"))
                return 0;
            continue;
        }
        if (!write_file(f, p->name, ".svg", NULL, p->svg))
            return 0;
        remember(f, p->name, ".svg");
        remember(f, p->name, ".png");
    }
    return 1;
}

int scale_output_write(const scale_study *study, const char *command, const char *dir,
                       char *pictures, size_t size)
{
    folder f = {.study = study, .command = command, .dir = dir, .no_pictures = pictures};
    pictures[0] = '\0';
    int good = mkdir(dir, 0777) == 0 || errno == EEXIST || could_not(&f, dir);
    good = good && write_numbers(&f) && write_plots(&f, pictures, size) &&
           write_file(&f, report_name, "", NULL, NULL);
    scale_plots_end(f.plots);
    for (size_t i = 0; i < f.n_left; i++)
        free(f.left_text[i]);
    return good ? EXIT_DONE : EXIT_RUN_FAILED;
}
