/* core/file.h: atomic output and whole-file input. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "core/file.h"
#include "folder_fixtures.h"
#include "suite.h"

static void assert_holds(const char *path, const void *bytes, size_t size)
{
    unsigned char *read = NULL;
    size_t n = 0;
    ck_assert_int_eq(nu_read_file(path, &read, &n, NULL), NUDGE_OK);
    ck_assert_uint_eq(n, size);
    ck_assert_mem_eq(read, bytes, size);
    ck_assert_int_eq(read[n], 0);
    free(read);
}

/* ---- Output ---------------------------------------------------------------------------- */

START_TEST(output_replaces_only_on_commit)
{
    const char *path = in_folder("out.txt");
    nudge_error err;
    nu_output out;
    write_bytes(path, "old", 3);
    ck_assert_int_eq(nu_output_open(&out, path, &err), NUDGE_OK);
    ck_assert_int_ge(fputs("new text", out.stream), 0);
    ck_assert_int_eq(fflush(out.stream), 0);
    assert_holds(path, "old", 3);
    ck_assert_int_le(files_in_folder(), 2); /* the new one need not have a name yet */
    ck_assert_int_eq(nu_output_commit(&out, &err), NUDGE_OK);
    assert_holds(path, "new text", 8);
    ck_assert_int_eq(files_in_folder(), 1);

    ck_assert_int_eq(nu_output_open(&out, path, &err), NUDGE_OK);
    ck_assert_int_ge(fputs("third", out.stream), 0);
    nu_atomic_abandon(&out);
    assert_holds(path, "new text", 8);
    ck_assert_int_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(output_has_the_mode_of_the_umask)
{
    struct stat st;
    nu_output out;
    umask(027);
    ck_assert_int_eq(nu_output_open(&out, in_folder("new"), NULL), NUDGE_OK);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    ck_assert_int_eq(stat(in_folder("new"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0640);
    ck_assert_int_eq(chmod(in_folder("new"), 0600), 0); /* which is kept */
    ck_assert_int_eq(nu_output_open(&out, in_folder("new"), NULL), NUDGE_OK);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    ck_assert_int_eq(stat(in_folder("new"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(output_takes_a_long_name)
{
    char name[256];
    nu_output out;
    memset(name, 'n', sizeof name);
    name[255] = '\0'; /* NAME_MAX of most file systems */
    ck_assert_int_eq(nu_output_open(&out, in_folder(name), NULL), NUDGE_OK);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    assert_holds(in_folder(name), "", 0);
}
END_TEST

static void assert_not_created(const char *path, const char *why)
{
    nudge_error err = {0};
    nu_output out;
    ck_assert_int_eq(nu_output_open(&out, path, &err), NUDGE_EOPEN);
    ck_assert_ptr_nonnull(strstr(err.text, why));
    ck_assert_int_eq(nudge_check_output(path, &err), NUDGE_EOPEN);
    ck_assert_ptr_nonnull(strstr(err.text, why));
}

START_TEST(output_follows_a_link)
{
    struct stat st;
    nu_output out;
    write_bytes(in_folder("real"), "old", 3);
    ck_assert_int_eq(symlink("real", in_folder("link")), 0);
    ck_assert_int_eq(nu_output_open(&out, in_folder("link"), NULL), NUDGE_OK);
    ck_assert_int_ge(fputs("new", out.stream), 0);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    assert_holds(in_folder("real"), "new", 3);
    ck_assert_int_eq(lstat(in_folder("link"), &st), 0);
    ck_assert(S_ISLNK(st.st_mode));

    ck_assert_int_eq(symlink("new", in_folder("second")), 0);
    ck_assert_int_eq(symlink("second", in_folder("first")), 0);
    ck_assert_int_eq(nu_output_open(&out, in_folder("first"), NULL), NUDGE_OK);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    assert_holds(in_folder("new"), "", 0);
    ck_assert_int_eq(lstat(in_folder("first"), &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(symlink("none/new", in_folder("lost")), 0);
    assert_not_created(in_folder("lost"), "No such file or directory");
    ck_assert_int_eq(symlink("loop", in_folder("loop")), 0);
    assert_not_created(in_folder("loop"), "Too many levels of symbolic links");
}
END_TEST

/* As on file systems that have no files without a name: open() with O_TMPFILE fails. */
static void refuse_unnamed_files(void)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_TMPFILE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_TMPFILE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

START_TEST(output_with_a_name_from_the_start)
{
    const char *path = in_folder("out");
    nu_output out;
    refuse_unnamed_files();
    write_bytes(path, "old", 3);
    ck_assert_int_eq(nu_output_open(&out, path, NULL), NUDGE_OK);
    ck_assert_ptr_nonnull(out.temporary);
    ck_assert_int_ge(fputs("new", out.stream), 0);
    ck_assert_int_eq(files_in_folder(), 2);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    assert_holds(path, "new", 3);
    ck_assert_int_eq(nu_output_open(&out, path, NULL), NUDGE_OK);
    nu_atomic_abandon(&out);
    ck_assert_int_eq(nudge_check_output(path, NULL), NUDGE_OK);
    ck_assert_int_eq(files_in_folder(), 1);

    ck_assert_int_eq(nu_output_open(&out, path, NULL), NUDGE_OK);
    pid_t child = fork(); /* what has dropped its files is about to end, and frees no names */
    if (child == 0) {
        nudge_drop_unfinished();
        _exit(files_in_folder() == 1 && nu_output_commit(&out, NULL) == NUDGE_EIO ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    nu_atomic_abandon(&out);
    assert_holds(path, "new", 3);
}
END_TEST

/* What a killed process leaves is removed, but not what another one is writing, nor another
 * output's. */
START_TEST(output_clears_what_is_dead)
{
    const char *dead = in_folder(".out.1-0.tmp"), *written = in_folder(".out.1-1.tmp");
    static const char *const others[] = {".other.1-0.tmp", ".out.1-.tmp", ".out.x1-0.tmp",
                                         ".out.1-0.tmpx", "out.1-0.tmp"};
    nu_output out;
    write_bytes(dead, "x", 1);
    write_bytes(written, "x", 1);
    for (int i = 0; i < 5; i++)
        write_bytes(in_folder(others[i]), "x", 1);
    int fd = open(in_folder(".out.1-1.tmp"), O_RDWR);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    ck_assert_int_eq(nu_output_open(&out, in_folder("out"), NULL), NUDGE_OK);
    ck_assert(!exists(".out.1-0.tmp") && exists(".out.1-1.tmp"));
    for (int i = 0; i < 5; i++)
        ck_assert(exists(others[i]));
    nu_atomic_abandon(&out);
    close(fd);
}
END_TEST

START_TEST(output_refuses_bad_places)
{
    assert_not_created(in_folder("none/model"), "No such file or directory");
    assert_not_created(folder, "Is a directory");
    assert_not_created(in_folder("new/"), "Is a directory");
    assert_not_created("", "empty");
    become_nobody(folder);
    write_bytes(in_folder("file"), "x", 1);
    assert_not_created(in_folder("file/model"), "Not a directory");
    ck_assert_int_eq(chmod(in_folder("file"), 0444), 0);
    assert_not_created(in_folder("file"), "Permission denied");
    ck_assert_int_eq(chmod(folder, 0555), 0);
    assert_not_created(in_folder("new"), "Permission denied");
    ck_assert_int_eq(chmod(folder, 0755), 0);
    leave_nobody();
}
END_TEST

START_TEST(check_output_touches_nothing)
{
    const char *path = in_folder("model");
    ck_assert_int_eq(nudge_check_output(path, NULL), NUDGE_OK);
    ck_assert_int_eq(files_in_folder(), 0);
    write_bytes(path, "old", 3);
    ck_assert_int_eq(nudge_check_output(path, NULL), NUDGE_OK);
    assert_holds(path, "old", 3);
    ck_assert_int_eq(files_in_folder(), 1);
    ck_assert_int_eq(nudge_check_output("/dev/null", NULL), NUDGE_OK);
    ck_assert_int_eq(nudge_check_output(NULL, NULL), NUDGE_EARGUMENT);
}
END_TEST

/* Loop: 0 a few bytes, which fail when they are flushed; 1 so many that fwrite() fails. */
START_TEST(output_to_a_full_device)
{
    nudge_error err = {0};
    nu_output out;
    char block[65536] = {0};
    if (access("/dev/full", W_OK) != 0)
        return;
    ck_assert_int_eq(nu_output_open(&out, "/dev/full", &err), NUDGE_OK);
    ck_assert_ptr_null(out.temporary);
    for (int i = 0; i < (_i == 0 ? 1 : 40); i++)
        if (fwrite(block, 1, _i == 0 ? 10 : sizeof block, out.stream) == 0)
            break;
    ck_assert_int_eq(nu_output_commit(&out, &err), NUDGE_EIO);
    ck_assert_str_eq(err.text, "cannot write '/dev/full': No space left on device");
}
END_TEST

START_TEST(output_that_fails_leaves_nothing)
{
    const char *path = in_folder("out");
    nudge_error err = {0};
    nu_output out;
    char block[65536] = {0};
    write_bytes(path, "old", 3);
    limit_file_size(100000);
    ck_assert_int_eq(nu_output_open(&out, path, &err), NUDGE_OK);
    for (int i = 0; i < 4; i++)
        (void)!fwrite(block, 1, sizeof block, out.stream);
    ck_assert_int_eq(nu_output_commit(&out, &err), NUDGE_EIO);
    limit_file_size(RLIM_INFINITY);
    ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    assert_holds(path, "old", 3);
    ck_assert_int_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(output_to_a_pipe)
{
    int fd[2];
    char path[64], text[8] = "";
    nu_output out;
    ck_assert_int_eq(pipe(fd), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd[1]);
    if (access(path, W_OK) != 0)
        return;
    ck_assert_int_eq(nu_output_open(&out, path, NULL), NUDGE_OK);
    ck_assert_int_ge(fputs("text", out.stream), 0);
    ck_assert_int_eq(nu_output_commit(&out, NULL), NUDGE_OK);
    ck_assert_int_eq(read(fd[0], text, sizeof text), 4);
    ck_assert_str_eq(text, "text");
}
END_TEST

/* ---- Input ----------------------------------------------------------------------------- */

static void assert_unreadable(const char *path, nudge_status status, const char *why)
{
    nudge_error err = {0};
    unsigned char *bytes = NULL;
    size_t size = 7;
    ck_assert_int_eq(nu_read_file(path, &bytes, &size, &err), status);
    ck_assert_int_eq(err.status, status);
    ck_assert_msg(strstr(err.text, why) != NULL, "'%s' is not in '%s'", why, err.text);
    ck_assert_ptr_nonnull(strstr(err.text, path));
    ck_assert_ptr_null(bytes);
    ck_assert_uint_eq(size, 7);
}

START_TEST(input_refused)
{
    assert_unreadable(in_folder("none"), NUDGE_EOPEN, "No such file or directory");
    assert_unreadable(folder, NUDGE_EOPEN, "it is a directory");
    assert_unreadable(test_file("bad-cut.csv.gz"), NUDGE_EDATA, "cut short");
    assert_unreadable(test_file("bad-damaged.csv.gz"), NUDGE_EDATA, "damaged");
    assert_unreadable(test_file("bad-trailing.csv.gz"), NUDGE_EDATA, "7 bytes that are no gzip");
    become_nobody(folder);
    write_bytes(in_folder("file"), "x", 1);
    ck_assert_int_eq(chmod(in_folder("file"), 0), 0);
    assert_unreadable(in_folder("file"), NUDGE_EOPEN, "Permission denied");
    leave_nobody();
}
END_TEST

START_TEST(input_plain_and_gzip)
{
    unsigned char *plain, *gzip;
    size_t n, m;
    write_bytes(in_folder("empty"), "", 0);
    assert_holds(in_folder("empty"), "", 0);
    ck_assert_int_eq(nu_read_file(test_file("good-plain.csv"), &plain, &n, NULL), NUDGE_OK);
    ck_assert_uint_eq(n, 56);
    static const char *const name[] = {"good-gzip.csv.gz", "good-two-members.csv.gz"};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(nu_read_file(test_file(name[i]), &gzip, &m, NULL), NUDGE_OK);
        ck_assert_uint_eq(m, n);
        ck_assert_mem_eq(gzip, plain, n);
        free(gzip);
    }
    free(plain);
}
END_TEST

/* 5 MB of text that gzip makes much smaller, so that the room for it has to grow. */
START_TEST(input_large)
{
    size_t size = 5000000;
    char *text = malloc(size);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('a' + i / 1000 % 26);
    gzFile gz = gzopen(in_folder("large.gz"), "wb");
    ck_assert_int_eq(gzwrite(gz, text, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(gz), Z_OK);
    assert_holds(in_folder("large.gz"), text, size);
    write_bytes(in_folder("large"), text, size);
    assert_holds(in_folder("large"), text, size);
    free(text);
}
END_TEST

/* From its magic number on, a gzip file cut anywhere is refused. */
START_TEST(input_cut_anywhere)
{
    FILE *f = fopen(test_file("good-gzip.csv.gz"), "rb");
    unsigned char bytes[256];
    ck_assert_ptr_nonnull(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    ck_assert_uint_gt(size, 20);
    for (size_t n = 2; n < size; n++) {
        write_bytes(in_folder("cut.gz"), bytes, n);
        assert_unreadable(in_folder("cut.gz"), NUDGE_EDATA, "cut short");
    }
}
END_TEST

START_TEST(input_from_a_pipe)
{
    int fd[2];
    char path[64];
    ck_assert_int_eq(pipe(fd), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd[0]);
    if (access(path, R_OK) != 0)
        return;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        for (int i = 0; i < 30000; i++)
            if (write(fd[1], "12345678\n", 9) != 9)
                _exit(1);
        _exit(0);
    }
    close(fd[1]);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(nu_read_file(path, &bytes, &size, NULL), NUDGE_OK);
    ck_assert_uint_eq(size, 270000);
    ck_assert_mem_eq(bytes + size - 9, "12345678\n", 9);
    free(bytes);
}
END_TEST

static Suite *file_suite(void)
{
    Suite *suite = suite_create("file");
    TCase *output = tcase_create("output");
    tcase_add_checked_fixture(output, make_folder, remove_folder);
    tcase_add_test(output, output_replaces_only_on_commit);
    tcase_add_test(output, output_has_the_mode_of_the_umask);
    tcase_add_test(output, output_takes_a_long_name);
    tcase_add_test(output, output_follows_a_link);
    tcase_add_test(output, output_with_a_name_from_the_start);
    tcase_add_test(output, output_clears_what_is_dead);
    tcase_add_test(output, output_refuses_bad_places);
    tcase_add_test(output, check_output_touches_nothing);
    tcase_add_loop_test(output, output_to_a_full_device, 0, 2);
    tcase_add_test(output, output_that_fails_leaves_nothing);
    tcase_add_test(output, output_to_a_pipe);
    suite_add_tcase(suite, output);
    TCase *input = tcase_create("input");
    tcase_add_checked_fixture(input, make_folder, remove_folder);
    tcase_set_timeout(input, 60);
    tcase_add_test(input, input_refused);
    tcase_add_test(input, input_plain_and_gzip);
    tcase_add_test(input, input_large);
    tcase_add_test(input, input_cut_anywhere);
    tcase_add_test(input, input_from_a_pipe);
    suite_add_tcase(suite, input);
    return suite;
}

SUITE_MAIN(file_suite)
