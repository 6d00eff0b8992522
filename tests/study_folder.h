/* A temporary folder that a made study is written to, and reading its files back. */
#ifndef NUDGE_TESTS_STUDY_FOLDER_H
#define NUDGE_TESTS_STUDY_FOLDER_H

#include <stdio.h>
#include <unistd.h>

#include "made_study.h"
#include "scale/output.h"
#include "support/gnuplot.h"

static char made_dir[2000];
static char pictures[1024];

static inline void begin(void)
{
    const char *where = getenv("TMPDIR");
    snprintf(made_dir, sizeof made_dir, "%s/nudge-scale-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(made_dir));
}

static inline void end(void)
{
    char command[5000];
    snprintf(command, sizeof command, "chmod -R u+w '%s' && rm -rf '%s'", made_dir, made_dir);
    ck_assert_int_eq(system(command), 0);
}

static inline const char *in_folder(const char *name)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/%s", made_dir, name);
    return path;
}

static inline int exists(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

/* All of a file, for free(). */
static inline char *read_all(const char *name)
{
    FILE *file = fopen(in_folder(name), "r");
    ck_assert_msg(file != NULL, "%s is not there", name);
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', file) < 0)
        text[0] = '\0';
    fclose(file);
    return text;
}

static inline void write_text(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void write_study(scale_study *s)
{
    ck_assert_int_eq(scale_output_check("scale", made_dir), 0);
    ck_assert_int_eq(scale_output_write(s, "scale", made_dir, pictures, sizeof pictures), 0);
    ck_assert(system("gnuplot --version >/dev/null 2>&1") != 0 || pictures[0] == '\0');
}

static inline scale_study study_of(int i)
{
    return i == 0 ? made_strong() : i == 1 ? made_batch() : made_interrupted();
}

static inline size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

#endif
