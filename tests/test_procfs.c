/* What Linux tells in /proc and /sys, from texts and folders of other machines. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scale/cgroup.h"
#include "scale/procfs.h"
#include "scale/topology.h"
#include "suite.h"

/* ---- Texts ----------------------------------------------------------------------------- */

static cpu_set_t cpus_of(const char *list)
{
    cpu_set_t set;
    ck_assert_int_eq(proc_cpus(list, &set), 1);
    return set;
}

/* A list read and written is the same in its shortest form; what is no list is refused. */
START_TEST(lists_of_cpus)
{
    static const char *const lists[][2] = {
        {"0", "0"}, {"0-3,8", "0-3,8"}, {"2,1,0", "0-2"}, {"5-5", "5"}, {"1000-2000", "1000-1023"}};
    static const char *const bad[] = {"", "a", "1-", "-1", "1,", "1 2", ",1"};
    cpu_set_t set;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        set = cpus_of(lists[i][0]);
        char *text = proc_cpus_text(&set);
        ck_assert_str_eq(text, lists[i][1]);
        free(text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!proc_cpus(bad[i], &set), "'%s'", bad[i]);
}
END_TEST

/* Only the asked CPUs count, guest time not twice, and lines of old kernels are short. */
START_TEST(stat_text)
{
    static const char text[] = "cpu  999 999 999 999 999 999 999 999 999 999\n"
                               "cpu0 100 20 30 400 50 6 7 8 90 0\n"
                               "cpu1 1000 200 300 4000 500 60 70 80 0 0\n"
                               "cpu3 10 20 30 40\n"
                               "intr 1 2 3\n";
    cpu_set_t set = cpus_of("0,3");
    proc_times t = proc_stat_times(text, &set, 100);
    ck_assert_int_eq(t.cpus, 2);
    ck_assert_double_eq_tol(t.busy, (100 + 20 + 30 + 6 + 7 + 10 + 20 + 30) / 100.0, 1e-12);
    ck_assert_double_eq_tol(t.steal, 0.08, 1e-12);
    ck_assert_double_eq_tol(t.total, (163 + 400 + 50 + 8 + 100) / 100.0, 1e-12);
    set = cpus_of("2");
    ck_assert_int_eq(proc_stat_times(text, &set, 100).cpus, 0);
}
END_TEST

START_TEST(cpuinfo_text)
{
    static const char intel[] = "processor\t: 0\nmodel name\t: A CPU: fast\ncpu MHz\t\t: 1000.5\n\n"
                                "processor\t: 1\nmodel name\t: other\ncpu MHz\t\t: 3000.5\n";
    static const char arm[] = "processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n";
    cpu_set_t both = cpus_of("0-1"), second = cpus_of("1");
    ck_assert_double_eq_tol(proc_cpuinfo_mhz(intel, &both), 2000.5, 1e-9);
    ck_assert_double_eq_tol(proc_cpuinfo_mhz(intel, &second), 3000.5, 1e-9);
    ck_assert(isnan(proc_cpuinfo_mhz(arm, &both)));
    char *model = proc_field(intel, "model name"), *maker = proc_field(arm, "CPU implementer");
    ck_assert_str_eq(model, "A CPU: fast");
    ck_assert_str_eq(maker, "0x41");
    ck_assert_ptr_null(proc_field(arm, "model name"));
    free(model);
    free(maker);
}
END_TEST

/* ---- Folders of other machines --------------------------------------------------------- */

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/nudge-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Writes folder/path, with all folders on the way. */
static void put_file(const char *path, const char *text)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", folder, path);
    for (char *c = name + strlen(folder) + 1; *c != '\0'; c++)
        if (*c == '/') {
            *c = '\0';
            mkdir(name, 0700);
            *c = '/';
        }
    FILE *f = fopen(name, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

static cgroup find(const char *cgroups, const char *mount_format)
{
    char mounts[1024];
    snprintf(mounts, sizeof mounts, mount_format, folder);
    return cgroup_find(cgroups, mounts);
}

static const char v2_mount[] = "20 1 0:5 / /proc rw - proc proc rw\n"
                               "30 22 0:27 / %s rw,relatime shared:4 - cgroup2 cgroup2 rw\n";
static const char v1_mount[] = "31 30 0:28 /docker/12ab %s rw - cgroup cgroup rw,cpu,cpuacct\n";

/* The tightest limit on the way up counts, and all throttling. */
START_TEST(cgroup_version_2)
{
    make_folder();
    put_file("a/b/cpu.max", "max 100000\n");
    put_file("a/cpu.max", "150000 100000\n");
    put_file("a/b/cpu.stat", "usage_usec 5\nthrottled_usec 250000\n");
    put_file("a/cpu.stat", "usage_usec 5\nthrottled_usec 1000000\n");
    cgroup g = find("0::/a/b\n", v2_mount), other = find("0::/not/here\n", v2_mount);
    ck_assert_int_eq(g.version, 2);
    ck_assert_double_eq_tol(cgroup_cores(&g), 1.5, 1e-12);
    ck_assert_double_eq_tol(cgroup_throttled(&g), 1.25, 1e-12);
    ck_assert_str_eq(other.folder, folder);
    ck_assert(isnan(cgroup_cores(&other)) && isnan(cgroup_throttled(&other)));
    remove_folder();
}
END_TEST

/* A container that sees its own group as the root of the mount. */
START_TEST(cgroup_version_1)
{
    make_folder();
    put_file("cpu.cfs_quota_us", "50000\n");
    put_file("cpu.cfs_period_us", "100000\n");
    put_file("cpu.stat", "nr_throttled 3\nthrottled_time 2000000000\n");
    cgroup g = find("5:memory:/docker/12ab\n4:cpu,cpuacct:/docker/12ab\n0::/\n", v1_mount);
    ck_assert_int_eq(g.version, 1);
    ck_assert_str_eq(g.folder, folder);
    ck_assert_double_eq_tol(cgroup_cores(&g), 0.5, 1e-12);
    ck_assert_double_eq_tol(cgroup_throttled(&g), 2, 1e-12);
    put_file("cpu.cfs_quota_us", "-1\n");
    ck_assert(isnan(cgroup_cores(&g)));
    remove_folder();
}
END_TEST

START_TEST(no_cgroup)
{
    cgroup g = cgroup_find("5:memory:/x\n", "");
    ck_assert_int_eq(g.version, 0);
    ck_assert(isnan(cgroup_cores(&g)) && isnan(cgroup_throttled(&g)));
    ck_assert(isnan(cgroup_max("max 100000")) && isnan(cgroup_max(NULL)));
    ck_assert_double_eq_tol(cgroup_max("200000 100000"), 2, 1e-12);
}
END_TEST

/* Two sockets of one core with two hardware threads each. */
START_TEST(topology_text)
{
    make_folder();
    put_file("sys/devices/system/cpu/online", "0-3\n");
    for (int c = 0; c < 4; c++) {
        static const char *const files[][2] = {{"topology/core_siblings_list", NULL},
                                               {"topology/thread_siblings_list", NULL},
                                               {"cache/index0/level", "1"},
                                               {"cache/index0/type", "Data"},
                                               {"cache/index0/size", "48K"},
                                               {"cache/index0/shared_cpu_list", NULL}};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            char path[128];
            snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/%s", c, files[i][0]);
            put_file(path, files[i][1] != NULL ? files[i][1] : c % 2 == 0 ? "0,2" : "1,3");
        }
    }
    put_file("sys/devices/system/node/online", "0\n");
    put_file("sys/devices/system/node/node0/cpulist", "0-3\n");
    put_file("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       1000 kB\n");
    json_t *got = scale_topology_of_sysfs(folder), *want = json_pack(
        "{s:s, s:i, s:i, s:i, s:b, s:[{s:s, s:i}], s:[{s:i, s:s, s:i, s:i, s:i}]}", "source",
        "sysfs", "sockets", 2, "cores", 2, "hardware_threads", 4, "smt", 1, "numa_nodes", "cpus",
        "0-3", "memory_bytes", 1024000, "caches", "level", 1, "type", "data", "bytes", 49152,
        "shared_by", 2, "count", 2);
    ck_assert_ptr_nonnull(want);
    ck_assert(json_equal(got, want));
    json_decref(got);
    json_decref(want);
    remove_folder();
    got = scale_topology_of_sysfs(folder); /* nothing there: null and empty, not 0 */
    ck_assert(json_is_null(json_object_get(got, "cores")));
    ck_assert_uint_eq(json_array_size(json_object_get(got, "caches")), 0);
    json_decref(got);
}
END_TEST

static Suite *procfs_suite(void)
{
    Suite *suite = suite_create("procfs");
    TCase *texts = tcase_create("texts");
    tcase_add_test(texts, lists_of_cpus);
    tcase_add_test(texts, stat_text);
    tcase_add_test(texts, cpuinfo_text);
    tcase_add_test(texts, cgroup_version_2);
    tcase_add_test(texts, cgroup_version_1);
    tcase_add_test(texts, no_cgroup);
    tcase_add_test(texts, topology_text);
    suite_add_tcase(suite, texts);
    return suite;
}

SUITE_MAIN(procfs_suite)
