/* The limits of control groups, from made-up trees of /proc and /sys. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cgroup.h"
#include "core/memory.h"
#include "suite.h"

static char root[64];

static void make_root(void)
{
    strcpy(root, "/tmp/nudge-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    ck_assert_int_eq(system(command), 0);
}

/* Writes root/path, with all folders on the way. */
static void put_file(const char *path, const char *text)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", root, path);
    for (char *c = name + strlen(root) + 1; *c != '\0'; c++)
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

static void check_no_limit(void)
{
    nu_limits l = nu_cgroup_limits(root);
    ck_assert_double_eq(l.cores, 0);
    ck_assert(isnan(l.throttled_seconds));
    ck_assert_uint_eq(l.memory, 0);
    ck_assert_uint_eq(l.memory_left, UINT64_MAX);
}

/* A batch system's nested slices, version 2: the tightest limit on the way up counts, wherever it
 * is, and all throttling. Files that the system can drop are not in use. */
START_TEST(nested_version_2)
{
    make_root();
    put_file("proc/self/cgroup", "0::/batch/job/step\n");
    put_file("proc/self/mountinfo",
             "20 1 0:5 / /proc rw - proc proc rw\n"
             "30 22 0:27 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n");
    put_file("sys/fs/cgroup/batch/job/step/cpu.max", "max 100000\n");
    put_file("sys/fs/cgroup/batch/job/cpu.max", "150000 100000\n");
    put_file("sys/fs/cgroup/batch/cpu.max", "800000 100000\n");
    put_file("sys/fs/cgroup/batch/job/step/cpu.stat", "usage_usec 5\nthrottled_usec 250000\n");
    put_file("sys/fs/cgroup/batch/job/cpu.stat", "usage_usec 5\nthrottled_usec 1000000\n");
    put_file("sys/fs/cgroup/batch/job/step/memory.max", "max\n");
    put_file("sys/fs/cgroup/batch/job/step/memory.current", "100\n");
    put_file("sys/fs/cgroup/batch/job/memory.max", "4000000\n");
    put_file("sys/fs/cgroup/batch/job/memory.current", "1000000\n");
    put_file("sys/fs/cgroup/batch/memory.max", "5000000\n");
    put_file("sys/fs/cgroup/batch/memory.current", "4800000\n");
    put_file("sys/fs/cgroup/batch/memory.stat", "anon 7\ninactive_file 300000\n");
    nu_limits l = nu_cgroup_limits(root);
    ck_assert_double_eq_tol(l.cores, 1.5, 1e-12);
    ck_assert_double_eq_tol(l.throttled_seconds, 1.25, 1e-12);
    ck_assert_uint_eq(l.memory, 4000000);
    ck_assert_uint_eq(l.memory_left, 500000);
    ck_assert_uint_le(nu_memory_available(&l), 500000);
    remove_root();
}
END_TEST

/* A container that sees its own group as the root of the mounts, version 1, whose controllers have
 * trees of their own; a line of version 2 beside them does not count. */
START_TEST(container_version_1)
{
    make_root();
    put_file("proc/self/cgroup", "5:memory:/docker/12ab\n4:cpu,cpuacct:/docker/12ab\n0::/\n");
    put_file("proc/self/mountinfo",
             "30 29 0:27 / /cg/unified rw - cgroup2 cgroup2 rw\n"
             "31 30 0:28 /docker/12ab /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
             "32 30 0:29 /docker/12ab /cg/memory rw - cgroup cgroup rw,memory\n");
    put_file("cg/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    put_file("cg/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put_file("cg/cpu,cpuacct/cpu.stat", "nr_throttled 3\nthrottled_time 2000000000\n");
    put_file("cg/memory/memory.limit_in_bytes", "9223372036854771712\n");
    nu_limits l = nu_cgroup_limits(root);
    ck_assert_double_eq_tol(l.cores, 0.5, 1e-12);
    ck_assert_double_eq_tol(l.throttled_seconds, 2, 1e-12);
    ck_assert_uint_eq(l.memory, 0);
    put_file("cg/memory/memory.limit_in_bytes", "1000\n");
    put_file("cg/memory/memory.usage_in_bytes", "1200\n");
    put_file("cg/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    l = nu_cgroup_limits(root);
    ck_assert_double_eq(l.cores, 0);
    ck_assert_uint_eq(l.memory, 1000);
    ck_assert_uint_eq(l.memory_left, 0);
    remove_root();
}
END_TEST

/* A path of the host that is not there: the mount point is the group. */
START_TEST(path_of_the_host)
{
    make_root();
    put_file("proc/self/cgroup", "0::/not/here\n");
    put_file("proc/self/mountinfo", "30 22 0:27 / /cg rw - cgroup2 cgroup2 rw\n");
    put_file("cg/cpu.max", "200000 100000\n");
    ck_assert_double_eq_tol(nu_cgroup_limits(root).cores, 2, 1e-12);
    remove_root();
}
END_TEST

/* No files, no mount, texts that are none. */
START_TEST(nothing_to_read)
{
    make_root();
    check_no_limit();
    put_file("proc/self/cgroup", "5:devices:/x\nnonsense\n\n0:\n");
    put_file("proc/self/mountinfo", "short\n1 2 3 - cgroup2 cgroup2 rw\n - cgroup2\n");
    check_no_limit();
    put_file("proc/self/cgroup", "0::/\n");
    check_no_limit();
    put_file("proc/self/mountinfo", "30 22 0:27 / /cg rw - cgroup2 cgroup2 rw\n");
    put_file("cg/cpu.max", "lots\n");
    put_file("cg/memory.max", "-\n");
    check_no_limit();
    remove_root();
}
END_TEST

static Suite *cgroup_suite(void)
{
    Suite *suite = suite_create("cgroup");
    TCase *trees = tcase_create("trees");
    tcase_add_test(trees, nested_version_2);
    tcase_add_test(trees, container_version_1);
    tcase_add_test(trees, path_of_the_host);
    tcase_add_test(trees, nothing_to_read);
    suite_add_tcase(suite, trees);
    return suite;
}

SUITE_MAIN(cgroup_suite)
