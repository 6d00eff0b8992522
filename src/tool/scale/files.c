#include "scale/files.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"
#include "scale/report.h"
#include "scale/results.h"
#include "support/gnuplot.h"
#include "support/say.h"
#include "support/text_stream.h"

/* results.json first: a folder is known by it. report.html last, as it holds the pictures that
 * plots.gp draws, which have no function. */
static const struct file {
    const char *name;
    void (*write)(const scale_study *s, FILE *out);
} files[] = {
    {"results.json", scale_write_json}, {"points.csv", scale_write_points},
    {"rounds.csv", scale_write_rounds}, {"steps.csv", scale_write_steps},
    {"laws.csv", scale_write_laws}, {"plots.gp", scale_write_plots}, {"report.md", scale_report},
    {"speedup.svg", NULL}, {"speedup.png", NULL}, {"step.svg", NULL}, {"step.png", NULL},
    {"phases.svg", NULL}, {"phases.png", NULL}, {"single.svg", NULL}, {"single.png", NULL},
    {"report.html", NULL},
};

enum { NAMES = sizeof files / sizeof *files, REPORT = NAMES - 1 };

/* For free(). */
static char *path_of(const char *dir, size_t i)
{
    return text_as("%s/%s", dir, files[i].name);
}

/* The folder's results.json says that nudge made it. */
static int is_ours(const char *dir)
{
    char *path = path_of(dir, 0);
    json_t *json = json_load_file(path, 0, NULL);
    const char *format = json_string_value(json_object_get(json, "format"));
    int ours = format != NULL && strcmp(format, "nudge-scale") == 0;
    json_decref(json);
    free(path);
    return ours;
}

static void check_names(const char *dir)
{
    int ours = is_ours(dir);
    for (size_t i = 0; i < NAMES; i++) {
        char *path = path_of(dir, i);
        int error = nu_atomic_check(path);
        if (error != 0)
            complain("--out %s: %s cannot be written: %s", dir, path, strerror(error));
        if (!ours && access(path, F_OK) == 0)
            complain("--out %s: %s is there already and not of nudge scale; give another folder",
                     dir, path);
        free(path);
    }
}

void scale_folder_check(const char *dir)
{
    struct stat there;
    int exists = stat(dir, &there) == 0;
    if (exists && S_ISDIR(there.st_mode))
        check_names(dir);
    else if (exists || errno != ENOENT || mkdir(dir, 0777) != 0)
        complain("--out %s: this folder cannot be made: %s", dir,
                 strerror(exists ? EEXIST : errno));
    else
        rmdir(dir);
}

/* One of the names; 0 after a line. */
static int write_file(const scale_study *s, const char *dir, size_t i)
{
    nu_atomic_file out;
    char *path = path_of(dir, i);
    int error = nu_atomic_open(&out, path);
    if (error == 0) {
        if (i != REPORT)
            files[i].write(s, out.stream);
        else
            scale_report_html(s, dir, out.stream);
        if (ferror(out.stream) || ftell(out.stream) != 0) {
            error = nu_atomic_commit(&out);
        } else { /* no laws: no file, and none of an earlier study */
            nu_atomic_abandon(&out);
            unlink(path);
        }
    }
    if (error != 0)
        say("%s: %s", path, strerror(error));
    free(path);
    return error == 0;
}

/* plots.gp draws into its own folder. Pictures of an earlier study would pass for those of this. */
static void draw(const char *dir)
{
    char *script = NULL;
    for (size_t i = 0; i < REPORT; i++) {
        char *path = path_of(dir, i);
        if (files[i].write == NULL)
            unlink(path);
        free(path);
    }
    FILE *stream = text_begin(&script);
    fputs("cd ", stream);
    gnuplot_quote(stream, dir);
    fputs("\nload 'plots.gp'\n", stream);
    text_end(stream);
    gnuplot_run(script, NULL);
    free(script);
}

int scale_folder_write(const scale_study *s, const char *dir)
{
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        say("%s: %s", dir, strerror(errno));
        return EXIT_RUN_FAILED;
    }
    for (size_t i = 0; i < NAMES; i++) {
        if (i == REPORT)
            draw(dir);
        if ((files[i].write != NULL || i == REPORT) && !write_file(s, dir, i))
            return EXIT_RUN_FAILED;
    }
    return EXIT_DONE;
}
