/* The environment in lines and sentences. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scale/environment.h"
#include "support/say.h"
#include "support/text_table.h"

#define LINE 81

/* ---- What is in it --------------------------------------------------------------------- */

/* The value at object.key or object.inner.key; NULL if it is not there or null. */
static const json_t *at(const json_t *object, const char *inner, const char *key)
{
    const json_t *value = json_object_get(inner != NULL ? json_object_get(object, inner) : object,
                                          key);
    return json_is_null(value) ? NULL : value;
}

static const char *text_in(const json_t *object, const char *inner, const char *key)
{
    return json_string_value(at(object, inner, key));
}

static int whole_in(const json_t *object, const char *inner, const char *key)
{
    return (int)json_integer_value(at(object, inner, key));
}

static double real_in(const json_t *object, const char *inner, const char *key)
{
    const json_t *value = at(object, inner, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- Lines ----------------------------------------------------------------------------- */

/* A line that is made piece by piece; what does not fit in 80 columns is cut off with "...". */
typedef struct line {
    char *text;
    size_t size;
    FILE *stream;
} line;

static FILE *line_start(line *l, const char *head)
{
    l->stream = need(open_memstream(&l->text, &l->size));
    fprintf(l->stream, "%-9s", head);
    return l->stream;
}

static void line_end(line *l, FILE *stream)
{
    if (fclose(l->stream) != 0)
        need(NULL);
    if (l->size < LINE)
        fprintf(stream, "%s\n", l->text);
    else
        fprintf(stream, "%.*s...\n", LINE - 4, l->text);
    free(l->text);
}

static void cpu_line(const json_t *cpu, FILE *stream)
{
    line l;
    FILE *f = line_start(&l, "CPU");
    const char *model = text_in(cpu, NULL, "model");
    int sockets = whole_in(cpu, "topology", "sockets"), cores = whole_in(cpu, "topology", "cores");
    int threads = whole_in(cpu, "topology", "hardware_threads");
    fprintf(f, "%s", model != NULL ? model : "unknown model");
    if (sockets > 1)
        fprintf(f, ", %d sockets", sockets);
    if (cores > 0)
        fprintf(f, ", %d core%s", cores, cores == 1 ? "" : "s");
    if (threads > cores)
        fprintf(f, ", %d hardware threads", threads);
    fprintf(f, "; usable: %d", whole_in(cpu, NULL, "usable"));
    line_end(&l, stream);
}

static const char *binary_size(char text[NU_TEXT], double bytes)
{
    if (bytes < 1024 * 1024)
        snprintf(text, NU_TEXT, "%.4g KiB", bytes / 1024);
    else
        snprintf(text, NU_TEXT, "%.4g MiB", bytes / (1024 * 1024));
    return text;
}

/* Instruction caches are left to the file. */
static void cache_line(const json_t *cpu, FILE *stream)
{
    const json_t *caches = at(cpu, "topology", "caches"), *c;
    size_t i, n = 0;
    line l;
    FILE *f = line_start(&l, "caches");
    json_array_foreach(caches, i, c) {
        char size[NU_TEXT];
        const char *type = text_in(c, NULL, "type");
        int shared = whole_in(c, NULL, "shared_by"), count = whole_in(c, NULL, "count");
        if (type != NULL && strcmp(type, "instruction") == 0)
            continue;
        fprintf(f, "%sL%d ", n++ > 0 ? ", " : "", whole_in(c, NULL, "level"));
        if (count > 1)
            fprintf(f, "%d x ", count);
        fprintf(f, "%s", binary_size(size, real_in(c, NULL, "bytes")));
        if (shared > 1)
            fprintf(f, " for %d threads", shared);
    }
    if (n == 0)
        fputs("not told by the system", f);
    line_end(&l, stream);
}

static void memory_line(const json_t *environment, FILE *stream)
{
    const json_t *memory = at(environment, NULL, "memory");
    const char *pages = text_in(memory, NULL, "huge_pages");
    double total = real_in(memory, NULL, "total_bytes");
    double available = real_in(memory, NULL, "available_bytes");
    size_t nodes = json_array_size(at(at(environment, NULL, "cpu"), "topology", "numa_nodes"));
    char size[NU_TEXT];
    line l;
    FILE *f = line_start(&l, "memory");
    fprintf(f, "%s", isnan(total) ? "unknown" : nu_bytes_text(size, total));
    if (!isnan(available))
        fprintf(f, ", %s available", nu_bytes_text(size, available));
    if (nodes > 1)
        fprintf(f, " on %zu NUMA nodes", nodes);
    if (pages != NULL)
        fprintf(f, "; huge pages: %s", pages);
    line_end(&l, stream);
}

static void clock_line(const json_t *cpu, FILE *stream)
{
    const char *governor = text_in(cpu, "clock", "governor");
    double now = real_in(cpu, "clock", "now_mhz"), low = real_in(cpu, "clock", "min_mhz");
    double high = real_in(cpu, "clock", "max_mhz");
    const json_t *boost = at(cpu, "clock", "boost");
    line l;
    FILE *f = line_start(&l, "clock");
    if (isnan(now))
        fputs("not told by the system", f);
    else
        fprintf(f, "%.0f MHz", now);
    if (!isnan(low) && !isnan(high))
        fprintf(f, " of %.0f to %.0f", low, high);
    fprintf(f, "; governor: %s", governor != NULL ? governor : "not told");
    if (boost != NULL)
        fprintf(f, "; boost: %s", json_is_true(boost) ? "on" : "off");
    line_end(&l, stream);
}

static void program_line(const json_t *environment, FILE *stream)
{
    const char *core = text_in(environment, "blas", "core");
    const char *build = text_in(environment, "blas", "build");
    const char *pinning = text_in(environment, "openmp", "pinning");
    line l;
    FILE *f = line_start(&l, "OpenBLAS");
    fprintf(f, "%s kernels, %s build", core != NULL ? core : "unknown",
            build != NULL ? build : "unknown");
    line_end(&l, stream);
    f = line_start(&l, "pinning");
    fprintf(f, "%s", pinning != NULL ? pinning : "unknown");
    line_end(&l, stream);
}

void scale_environment_summary(const json_t *environment, FILE *stream)
{
    const json_t *cpu = at(environment, NULL, "cpu");
    cpu_line(cpu, stream);
    cache_line(cpu, stream);
    memory_line(environment, stream);
    clock_line(cpu, stream);
    program_line(environment, stream);
}

/* ---- Notes ----------------------------------------------------------------------------- */

static void note_cores(scale_study *s, const json_t *cpu)
{
    int usable = whole_in(cpu, NULL, "usable");
    int online = whole_in(cpu, "topology", "hardware_threads");
    const char *cpus = text_in(cpu, NULL, "usable_cpus");
    double limit = real_in(s->environment, "cgroup", "cores");
    if (limit < online)
        scale_note(s, "a cgroup's limit allows %.3g of the machine's %d hardware threads; nudge "
                      "takes %d for usable", limit, online, usable);
    else if (usable < online)
        scale_note(s, "this process may use %d of the machine's %d hardware threads%s%s", usable,
                   online, cpus != NULL ? ": CPU " : "", cpus != NULL ? cpus : "");
}

static void note_clock(scale_study *s, const json_t *cpu)
{
    const char *governor = text_in(cpu, "clock", "governor");
    const char *driver = text_in(cpu, "clock", "driver");
    if (governor != NULL && strcmp(governor, "powersave") == 0)
        scale_note(s, "the clock's governor is powersave (driver %s): cores may run below their "
                      "full clock, most of all in short measurements",
                   driver != NULL ? driver : "unknown");
    if (isnan(real_in(cpu, "clock", "now_mhz")))
        scale_note(s, "the system does not tell the cores' clock: its changes show only in the "
                      "fixed product that is timed before each repeat");
}

void scale_environment_notes(scale_study *s)
{
    const json_t *e = s->environment, *cpu = at(e, NULL, "cpu");
    const json_t *settings = at(e, "openmp", "settings");
    const char *hypervisor = text_in(e, "system", "hypervisor");
    const char *core = text_in(settings, NULL, "OPENBLAS_CORETYPE");
    const char *dynamic = text_in(settings, NULL, "OMP_DYNAMIC");
    note_cores(s, cpu);
    note_clock(s, cpu);
    if (hypervisor != NULL)
        scale_note(s, "this is a virtual machine: its cores may be hardware threads that others "
                      "share, and its clock is what the hypervisor tells");
    if (core != NULL && *core != '\0')
        scale_note(s, "OPENBLAS_CORETYPE=%s chose OpenBLAS's kernels, which may not be the fastest "
                      "for this CPU", core);
    if (dynamic != NULL && strcasecmp(dynamic, "true") == 0)
        scale_note(s, "OMP_DYNAMIC=true: OpenMP may use fewer threads than asked for");
}
