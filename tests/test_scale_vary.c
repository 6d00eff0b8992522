/* --vary: what it makes of a command line, and what it refuses. */
#include "scale/setup.h"
#include "suite.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern const command command_scale;

enum { MOST = 12 };

/* Reads a command line of "nudge scale"; `words` ends with NULL. */
static void read_line(arguments *args, scale_setup *setup, scale_study *study,
                      const char *const *words)
{
    static char *argv[MOST + 2];
    int n = 0;
    argv[n++] = (char[]){"scale"};
    while (words[n - 1] != NULL && n < MOST) {
        free(argv[n]); /* of the line before */
        argv[n] = strdup(words[n - 1]);
        n++;
    }
    *study = (scale_study){.cores = 2};
    arguments_start(args, &command_scale, n, argv);
    scale_setup_start(setup, study, args);
}

static void end_all(arguments *args, scale_setup *setup, scale_study *study)
{
    scale_study_end(study);
    scale_setup_end(setup);
    arguments_end(args);
}

START_TEST(one_option)
{
    arguments args;
    scale_setup setup;
    scale_study s;
    read_line(&args, &setup, &s, (const char *const[]){"--vary", "batch=64,256,1024", NULL});
    ck_assert_uint_eq(s.n_settings, 3);
    ck_assert_str_eq(s.settings[1].name, "batch 256");
    ck_assert(s.settings[1].x == 256);
    ck_assert_uint_eq(setup.variant[2].train.train.batch, 1024);
    ck_assert_uint_eq(setup.variant[2].data, 0); /* the same data for all */
    end_all(&args, &setup, &s);
}
END_TEST

/* The last option counts fastest; what makes or reads data is loaded again. */
START_TEST(all_combinations)
{
    arguments args;
    scale_setup setup;
    scale_study s;
    read_line(&args, &setup, &s, (const char *const[]){"--vary", "hidden=64,128x32",
                                                       "--vary=dtype=f32,f64", NULL});
    ck_assert_uint_eq(s.n_settings, 4);
    ck_assert_str_eq(s.settings[1].name, "hidden 64, dtype f64");
    ck_assert_str_eq(s.settings[2].name, "hidden 128,32, dtype f32");
    ck_assert(s.settings[0].x != s.settings[0].x); /* no number */
    ck_assert_uint_eq(setup.variant[2].train.hidden, 2);
    ck_assert_uint_eq(setup.variant[2].train.units[1], 32);
    ck_assert_int_eq(setup.variant[3].train.dtype, NUDGE_F64);
    ck_assert_uint_eq(setup.variant[2].data, 0);
    ck_assert_uint_eq(setup.variant[3].data, 1);
    end_all(&args, &setup, &s);
}
END_TEST

/* Flags, rows, values with commas. */
START_TEST(other_values)
{
    arguments args;
    scale_setup setup;
    scale_study s;
    read_line(&args, &setup, &s,
              (const char *const[]){"--vary", "nesterov=no,yes", "--vary", "rows=500,1000",
                                    "--vary", "activation=relu;tanh,relu", "--optimizer", "sgd",
                                    "--momentum", "0.9", NULL});
    ck_assert_uint_eq(s.n_settings, 8);
    ck_assert_str_eq(s.settings[7].name, "nesterov yes, rows 1000, activation tanh,relu");
    ck_assert_int_eq(setup.variant[0].train.train.optimizer.nesterov, 0);
    ck_assert_int_eq(setup.variant[7].train.train.optimizer.nesterov, 1);
    ck_assert_uint_eq(setup.variant[1].rows, 500);
    ck_assert_uint_eq(setup.variant[7].rows, 1000);
    ck_assert_uint_eq(setup.variant[7].train.activations, 2);
    ck_assert_ptr_nonnull(strstr(setup.variant[0].train.data.data, "rows=1000"));
    end_all(&args, &setup, &s);
}
END_TEST

START_TEST(nothing_varies)
{
    arguments args;
    scale_setup setup;
    scale_study s;
    read_line(&args, &setup, &s, (const char *const[]){NULL});
    ck_assert_uint_eq(s.n_settings, 1);
    ck_assert_str_eq(s.settings[0].name, "");
    ck_assert(s.precision == 0.02 && s.level == 0.95);
    end_all(&args, &setup, &s);
}
END_TEST

/* Each ends the program with status 2 and one line that has these words. */
static const struct {
    const char *words[MOST];
    const char *says;
} bad[] = {
    {{"--vary", "batch"}, "'batch' is not OPTION=V1,V2"},
    {{"--vary", "batch="}, "'batch=' is not OPTION=V1,V2"},
    {{"--vary", "=1"}, "'=1' is not OPTION=V1,V2"},
    {{"--vary", "bach=1,2"}, "'bach' is neither"},
    {{"--vary", "threads=1,2"}, "'threads' is neither"},
    {{"--vary", "val-split=0.1"}, "'val-split' is neither"},
    {{"--vary", "batch=1,1"}, "has a value twice"},
    {{"--vary", "batch=1", "--vary", "batch=2"}, "'batch' is there twice"},
    {{"--vary", "batch=1,2", "--batch", "3"}, "'batch' is on the command line too"},
    {{"--vary", "batch=1,x"}, "--batch: 'x' is not a whole number"},
    {{"--vary", "optimizer=sgd,adams"}, "adams"},
    {{"--vary", "nesterov=maybe"}, "'maybe' is neither yes nor no"},
    {{"--vary", "rows=0"}, "'0' is not a whole number of rows"},
    {{"--vary", "rows=10", "--mode", "weak"}, "'rows' cannot vary in weak mode"},
};

START_TEST(refused_options)
{
    arguments args;
    scale_setup setup;
    scale_study s;
    char said[2000] = "";
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        read_line(&args, &setup, &s, bad[_i].words);
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_ge(read(ends[0], said, sizeof said - 1), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    ck_assert_msg(strstr(said, bad[_i].says) != NULL, "'%s' is not in: %s", bad[_i].says, said);
    ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

static Suite *scale_vary_suite(void)
{
    Suite *suite = suite_create("scale_vary");
    TCase *c = tcase_create("Settings");
    tcase_add_test(c, one_option);
    tcase_add_test(c, all_combinations);
    tcase_add_test(c, other_values);
    tcase_add_test(c, nothing_varies);
    tcase_add_loop_test(c, refused_options, 0, (int)(sizeof bad / sizeof *bad));
    suite_add_tcase(suite, c);
    return suite;
}

SUITE_MAIN(scale_vary_suite)
