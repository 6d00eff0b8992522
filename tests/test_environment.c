/* The description of this machine, the sentences made of one, and pinning. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "notes.h"
#include "scale/environment.h"
#include "scale/pinning.h"
#include "suite.h"

/* ---- This machine ---------------------------------------------------------------------- */

static const json_t *inner(const json_t *object, const char *path)
{
    char key[64];
    while (object != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        object = json_object_get(object, key);
        path += n + (path[n] == '.');
    }
    return object;
}

/* Every key is there, with its type; only where `always` is 0 it may be null. */
START_TEST(all_keys)
{
    static const struct { const char *path; json_type type; int always; } keys[] = {
        {"nudge.version", JSON_STRING, 1}, {"nudge.date", JSON_STRING, 1},
        {"nudge.command", JSON_STRING, 1}, {"nudge.options", JSON_OBJECT, 1},
        {"system.kernel", JSON_STRING, 1}, {"system.release", JSON_STRING, 1},
        {"system.architecture", JSON_STRING, 1}, {"system.distribution", JSON_STRING, 0},
        {"system.hypervisor", JSON_STRING, 0}, {"system.product", JSON_STRING, 0},
        {"system.container", JSON_STRING, 0}, {"system.libc.version", JSON_STRING, 1},
        {"cgroup.version", JSON_INTEGER, 0}, {"cgroup.cores", JSON_REAL, 0},
        {"cgroup.cpus", JSON_STRING, 0}, {"cpu.model", JSON_STRING, 0},
        {"cpu.usable", JSON_INTEGER, 1}, {"cpu.usable_cpus", JSON_STRING, 0},
        {"cpu.topology.source", JSON_STRING, 1}, {"cpu.topology.sockets", JSON_INTEGER, 0},
        {"cpu.topology.cores", JSON_INTEGER, 0}, {"cpu.topology.caches", JSON_ARRAY, 1},
        {"cpu.topology.numa_nodes", JSON_ARRAY, 1}, {"cpu.clock.governor", JSON_STRING, 0},
        {"cpu.clock.driver", JSON_STRING, 0}, {"cpu.clock.min_mhz", JSON_REAL, 0},
        {"cpu.clock.max_mhz", JSON_REAL, 0}, {"cpu.clock.now_mhz", JSON_REAL, 0},
        {"memory.total_bytes", JSON_INTEGER, 0}, {"memory.available_bytes", JSON_INTEGER, 0},
        {"memory.huge_pages", JSON_STRING, 0}, {"build.compiler", JSON_STRING, 1},
        {"build.command", JSON_STRING, 1}, {"build.flags", JSON_STRING, 1},
        {"openmp.version", JSON_INTEGER, 0}, {"openmp.pinning", JSON_STRING, 1},
        {"openmp.settings", JSON_OBJECT, 1}, {"blas.config", JSON_STRING, 1},
        {"blas.core", JSON_STRING, 1}, {"blas.build", JSON_STRING, 1}};
    setenv("OMP_WAIT_POLICY", "passive", 1);
    json_t *e = scale_environment("nudge scale --x", json_pack("{s:s}", "x", "1"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *v = inner(e, keys[i].path);
        ck_assert_msg(v != NULL, "%s is missing", keys[i].path);
        ck_assert_msg(json_typeof(v) == keys[i].type || (!keys[i].always && json_is_null(v)),
                      "%s has the wrong type", keys[i].path);
    }
    ck_assert_int_eq(json_integer_value(inner(e, "cpu.usable")), nudge_machine_info().cores);
    ck_assert_str_eq(json_string_value(inner(e, "openmp.settings.OMP_WAIT_POLICY")), "passive");
    ck_assert_str_eq(json_string_value(inner(e, "nudge.command")), "nudge scale --x");
    const json_t *threads = inner(e, "cpu.topology.hardware_threads");
    if (json_is_integer(threads))
        ck_assert_int_le(json_integer_value(inner(e, "cpu.usable")), json_integer_value(threads));
    json_decref(e);
}
END_TEST

static void check_summary(const json_t *environment)
{
    char *text;
    size_t size, lines = 0;
    FILE *stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    scale_environment_summary(environment, stream);
    ck_assert_int_eq(fclose(stream), 0);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"), lines++)
        ck_assert_msg(strlen(line) <= 80, "too wide: %s", line);
    ck_assert_uint_eq(lines, 6);
    free(text);
}

/* At most 80 columns, here and where nothing or too much is known. */
START_TEST(summary_lines)
{
    char model[200];
    memset(model, 'x', sizeof model);
    model[199] = '\0';
    json_t *e = scale_environment(NULL, NULL), *empty = json_object();
    json_t *wide = json_pack("{s:{s:s}}", "cpu", "model", model);
    check_summary(e);
    check_summary(empty);
    check_summary(wide);
    json_decref(e);
    json_decref(empty);
    json_decref(wide);
}
END_TEST

/* Each fact of an environment that matters has its sentence, and an ordinary one has none. */
START_TEST(environment_notes)
{
    static const char *const want[] = {
        "this process may use 2 of the machine's 8 hardware threads: CPU 0-1",
        "the clock's governor is powersave (driver intel_pstate): cores may run below their full "
        "clock, most of all in short measurements",
        "the system does not tell the cores' clock: its changes show only in the fixed product "
        "that is timed before each repeat",
        "this is a virtual machine: its cores may be hardware threads that others share, and its "
        "clock is what the hypervisor tells",
        "OPENBLAS_CORETYPE=Nehalem chose OpenBLAS's kernels, which may not be the fastest for "
        "this CPU",
        "OMP_DYNAMIC=true: OpenMP may use fewer threads than asked for"};
    static const char *const limited[] = {
        "a cgroup's limit allows 1.5 of the machine's 8 hardware threads; nudge takes 2 for "
        "usable"};
    scale_study s = {0};
    s.environment = json_pack("{s:{s:i, s:{s:i}, s:{s:s, s:f}}}", "cpu", "usable", 8, "topology",
                              "hardware_threads", 8, "clock", "governor", "performance", "now_mhz",
                              3000.0);
    scale_environment_notes(&s);
    notes_are(&s, NULL, 0);
    scale_study_end(&s);
    s.environment = json_pack(
        "{s:{s:i, s:s, s:{s:i}, s:{s:s, s:s, s:n}}, s:{s:s}, s:{s:{s:s, s:s}}}", "cpu", "usable", 2,
        "usable_cpus", "0-1", "topology", "hardware_threads", 8, "clock", "governor", "powersave",
        "driver", "intel_pstate", "now_mhz", "system", "hypervisor", "yes", "openmp", "settings",
        "OPENBLAS_CORETYPE", "Nehalem", "OMP_DYNAMIC", "true");
    ck_assert_ptr_nonnull(s.environment);
    scale_environment_notes(&s);
    notes_are(&s, want, 6);
    scale_study_end(&s);
    s.environment = json_pack("{s:{s:i, s:{s:i}, s:{s:f}}, s:{s:f}}", "cpu", "usable", 2,
                              "topology", "hardware_threads", 8, "clock", "now_mhz", 3000.0,
                              "cgroup", "cores", 1.5);
    scale_environment_notes(&s);
    notes_are(&s, limited, 1);
    scale_study_end(&s);
}
END_TEST

/* ---- Pinning --------------------------------------------------------------------------- */

/* Started by main() of this program as its own child: says what scale_pin() did. */
static int pin_and_tell(void)
{
    char text[SCALE_PINNING_TEXT];
    cpu_set_t set;
    const char *why_not = scale_pin();
    int n = scale_usable_cpus(&set);
    printf("%d %d %d %s\n", why_not == NULL, (int)scale_pinning(), n, scale_pinning_text(text));
    return 0;
}

static void tell_pinning(const char *setting, char *line, int size)
{
    char command[512], self[400];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt((int)n, 0);
    self[n] = '\0';
    snprintf(command, sizeof command, "%s '%s' pin", setting, self);
    FILE *f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(line, size, f));
    ck_assert_int_eq(pclose(f), 0);
    line[strcspn(line, "\n")] = '\0';
}

/* Pinned once, with all CPUs remembered although the first thread has one core then; what the user
 * set is kept; OMP_PROC_BIND=false is a wish, too. */
START_TEST(pins_once)
{
    char line[256], want[256];
    nudge_machine m = nudge_machine_info();
    cpu_set_t set;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0); /* what the child gets */
    int cpus = CPU_COUNT(&set);
    const char *clean = "env -u OMP_PLACES -u OMP_PROC_BIND -u GOMP_CPU_AFFINITY";
    tell_pinning(clean, line, sizeof line);
    if (!m.openmp || m.blas_parallel == 0 || m.cores < cpus) {
        snprintf(want, sizeof want, "0 0 %d none", cpus);
        ck_assert_str_eq(line, want);
        return;
    }
    snprintf(want, sizeof want, "1 2 %d OMP_PLACES=cores, OMP_PROC_BIND=close (set by nudge)",
             cpus);
    ck_assert_str_eq(line, want);
    tell_pinning("env -u OMP_PLACES -u GOMP_CPU_AFFINITY OMP_PROC_BIND=spread", line, sizeof line);
    ck_assert_ptr_nonnull(strstr(line, "OMP_PROC_BIND=spread (set by the user)"));
    ck_assert_int_eq(strncmp(line, "1 1 ", 4), 0);
    tell_pinning("env -u OMP_PLACES -u GOMP_CPU_AFFINITY OMP_PROC_BIND=false", line, sizeof line);
    snprintf(want, sizeof want, "0 0 %d none", cpus);
    ck_assert_str_eq(line, want);
}
END_TEST

static Suite *environment_suite(void)
{
    Suite *suite = suite_create("environment");
    TCase *here = tcase_create("here");
    TCase *notes = tcase_create("notes");
    tcase_add_test(here, all_keys);
    tcase_add_test(here, summary_lines);
    tcase_add_test(here, pins_once);
    tcase_set_timeout(here, 30);
    tcase_add_test(notes, environment_notes);
    suite_add_tcase(suite, here);
    suite_add_tcase(suite, notes);
    return suite;
}

static int run_suite(void)
{
    SRunner *runner = srunner_create(environment_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "pin") == 0 ? pin_and_tell() : run_suite();
}
