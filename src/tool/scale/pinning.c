#include "scale/pinning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "nudge.h"
#include "scale/procfs.h"
#include "support/say.h"

/* "PID:CPUS" of the program before it started itself again. A process keeps its number then, and
 * its children have others: what they inherit says nothing about them. */
#define MEMORY "NUDGE_SCALE_PINNED"

/* The CPUs that are remembered, or NULL. */
static const char *remembered(void)
{
    const char *text = getenv(MEMORY);
    char *end;
    if (text == NULL || strtol(text, &end, 10) != getpid() || *end != ':')
        return NULL;
    return end + 1;
}

/* Empty variables are taken for unset ones, as OpenMP does. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

static int user_decided(void)
{
    return setting("OMP_PLACES") != NULL || setting("OMP_PROC_BIND") != NULL ||
           setting("GOMP_CPU_AFFINITY") != NULL;
}

/* Whether OpenMP binds threads, the first one at once. */
static int bound(void)
{
    const char *bind = setting("OMP_PROC_BIND");
    return nudge_machine_info().openmp && user_decided() &&
           (bind == NULL || strcasecmp(bind, "false") != 0);
}

/* ---- CPUs ------------------------------------------------------------------------------ */

static int online_cpus(cpu_set_t *set)
{
    char *text = proc_text("/sys/devices/system/cpu/online");
    int n = text != NULL && proc_cpus(text, set) ? CPU_COUNT(set) : 0;
    free(text);
    return n;
}

int scale_usable_cpus(cpu_set_t *set)
{
    const char *before = remembered();
    if (before != NULL && proc_cpus(before, set))
        return CPU_COUNT(set);
    if (!bound()) {
        CPU_ZERO(set);
        return sched_getaffinity(0, sizeof *set, set) == 0 ? CPU_COUNT(set) : 0;
    }
    /* The mask may be that of one core already. OpenMP still knows how many there were. */
    int n = online_cpus(set);
    if (n > 0 && nudge_machine_info().cores >= n)
        return n;
    CPU_ZERO(set);
    return 0;
}

/* ---- Pinning --------------------------------------------------------------------------- */

/* Why threads cannot or should not be pinned; NULL: they can. */
static const char *obstacle(void)
{
    nudge_machine m = nudge_machine_info();
    cpu_set_t set;
    if (!m.openmp)
        return "nudge was built without OpenMP and uses one thread";
    if (m.blas_parallel == 0)
        return "OpenBLAS is its serial build, and nudge uses one thread";
    int cpus = scale_usable_cpus(&set);
    if (cpus == 0)
        return "the CPUs that this process may use are not known";
    if (m.cores < cpus) /* containers with limits would all sit on the machine's first cores */
        return "a limit allows fewer cores than there are CPUs, and any of them may be busy";
    return NULL;
}

/* The arguments that this program was started with, as one block for free(): proc_text() would
 * lose all after the first. */
static char **own_arguments(void)
{
    FILE *f = fopen("/proc/self/cmdline", "re");
    char *block = NULL, **argv = NULL;
    size_t space = 0, n = 0;
    if (f == NULL)
        return NULL;
    while (getdelim(&block, &space, '\0', f) >= 0) {
        argv = need(realloc(argv, (n + 2) * sizeof *argv));
        argv[n++] = block;
        argv[n] = NULL;
        block = NULL;
        space = 0;
    }
    free(block);
    fclose(f);
    return argv;
}

static int set_settings(void)
{
    cpu_set_t set;
    scale_usable_cpus(&set);
    char *cpus = proc_cpus_text(&set), *memory;
    if (asprintf(&memory, "%ld:%s", (long)getpid(), cpus) < 0)
        need(NULL);
    int done = setenv(MEMORY, memory, 1) == 0 && setenv("OMP_PLACES", "cores", 1) == 0 &&
               setenv("OMP_PROC_BIND", "close", 1) == 0 && setenv("OMP_DYNAMIC", "false", 0) == 0;
    free(memory);
    free(cpus);
    return done;
}

static void unset_settings(int dynamic_too)
{
    unsetenv(MEMORY);
    unsetenv("OMP_PLACES");
    unsetenv("OMP_PROC_BIND");
    if (dynamic_too)
        unsetenv("OMP_DYNAMIC");
}

/* Returns only if the program could not be started. */
static void start_again(void)
{
    int dynamic_too = getenv("OMP_DYNAMIC") == NULL;
    char **argv = own_arguments();
    if (argv != NULL && set_settings())
        execv("/proc/self/exe", argv);
    unset_settings(dynamic_too);
    for (size_t i = 0; argv != NULL && argv[i] != NULL; i++)
        free(argv[i]);
    free(argv);
}

const char *scale_pin(void)
{
    if (scale_pinning() != SCALE_PINNED_NOT)
        return NULL;
    if (user_decided())
        return "OMP_PROC_BIND=false";
    const char *why_not = obstacle();
    if (why_not != NULL)
        return why_not;
    start_again();
    return "nudge could not start itself again with OMP_PLACES set";
}

scale_pinned_by scale_pinning(void)
{
    if (!bound() || nudge_machine_info().blas_parallel == 0)
        return SCALE_PINNED_NOT;
    return remembered() != NULL ? SCALE_PINNED_BY_NUDGE : SCALE_PINNED_BY_USER;
}

const char *scale_pinning_text(char text[SCALE_PINNING_TEXT])
{
    static const char *const names[] = {"OMP_PLACES", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY"};
    scale_pinned_by by = scale_pinning();
    size_t n = 0;
    if (by == SCALE_PINNED_NOT) {
        snprintf(text, SCALE_PINNING_TEXT, "none");
        return text;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setting(names[i]) != NULL && n < SCALE_PINNING_TEXT)
            n += (size_t)snprintf(text + n, SCALE_PINNING_TEXT - n, "%s%s=%.24s", n > 0 ? ", " : "",
                                  names[i], setting(names[i]));
    if (n < SCALE_PINNING_TEXT)
        snprintf(text + n, SCALE_PINNING_TEXT - n, " (set by %s)",
                 by == SCALE_PINNED_BY_NUDGE ? "nudge" : "the user");
    return text;
}
