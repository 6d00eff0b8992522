#include "output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit.h"

/* A temporary file beside `path` with the mode that a new file or the one there has. */
static FILE *open_beside(char *temporary, const struct stat *old)
{
    int fd = mkstemp(temporary);
    if (fd < 0)
        return NULL;
    mode_t mask = umask(0);
    umask(mask);
    FILE *stream = NULL;
    if (fchmod(fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask) == 0)
        stream = fdopen(fd, "w");
    if (stream == NULL) {
        int error = errno;
        close(fd);
        unlink(temporary);
        errno = error;
    }
    return stream;
}

int output_start(output_file *out, const char *path)
{
    struct stat old;
    int exists = stat(path, &old) == 0;
    *out = (output_file){0};
    if (exists && !S_ISREG(old.st_mode)) {
        out->path = need(strdup(path));
        out->stream = fopen(path, "w");
    } else {
        /* Through a symbolic link to what it names, so that the link stays. */
        out->path = exists ? realpath(path, NULL) : strdup(path);
        if (need(out->path) != NULL && asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0)
            need(NULL);
        out->stream = open_beside(out->temporary, exists ? &old : NULL);
    }
    if (out->stream != NULL)
        return 1;
    int error = errno;
    free(out->path);
    free(out->temporary);
    errno = error;
    return 0;
}

int output_finish(output_file *out)
{
    errno = 0;
    int good = !ferror(out->stream) && fflush(out->stream) == 0;
    if (good && out->temporary != NULL)
        good = fsync(fileno(out->stream)) == 0;
    int error = good ? 0 : errno;
    if (fclose(out->stream) != 0 && good) {
        good = 0;
        error = errno;
    }
    if (good && out->temporary != NULL && rename(out->temporary, out->path) != 0) {
        good = 0;
        error = errno;
    }
    if (!good && out->temporary != NULL)
        unlink(out->temporary);
    free(out->path);
    free(out->temporary);
    errno = error != 0 ? error : EIO;
    return good;
}

void output_drop(output_file *out)
{
    fclose(out->stream);
    if (out->temporary != NULL)
        unlink(out->temporary);
    free(out->path);
    free(out->temporary);
}
