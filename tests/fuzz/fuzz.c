/* The readers, and what they run in: little memory, files without a disk, no checksums in the way.
 * For libFuzzer, with clang, or for replay.c. */
#include "fuzz.h"

#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/memory.h"
#include "read/format.h"

static const reader readers[] = {
    {"csv", read_data, &nu_csv_format, NULL},
    {"arff", read_data, &nu_arff_format, NULL},
    {"libsvm", read_data, &nu_libsvm_format, NULL},
    {"fann", read_data, &nu_fann_format, NULL},
    {"idx", read_data, &nu_idx_format, NULL},
    {"npy", read_data, &nu_npy_format, NULL},
    {"npz", read_data, &nu_npz_format, NULL},
    {"file", read_data, NULL, plain_file}, /* compressed, archives, any format */
    {"safetensors", read_data, NULL, file_of_header},
    {.name = "model", .read = read_model},
    {"import", read_import, NULL, plain_file},
    {.name = "weights", .read = read_weights},
    {.name = "checkpoint", .read = read_checkpoint},
    {.name = "log", .read = read_log},
    {.name = "config", .read = read_config},
    {.name = "synth", .read = read_synth},
    {.name = "number", .read = read_number},
    {.name = "list", .read = read_list},
};

const reader *fuzz_reader;

const reader *reader_named(const char *name)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(readers[i].name, name) == 0)
            return &readers[i];
    return NULL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *slash = strrchr((*argv)[0], '/');
    (void)argc;
    if (fuzz_reader == NULL)
        fuzz_reader = reader_named(slash != NULL ? slash + 1 : (*argv)[0]);
    HOLDS(fuzz_reader != NULL); /* the program has the name of a reader */
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
    fuzz_reader->read(fuzz_reader, bytes, size);
    return 0;
}

void check_outcome(nudge_status status, int has_result, const nudge_error *err)
{
    HOLDS((status == NUDGE_OK) == (has_result != 0));
    if (status == NUDGE_OK)
        return;
    HOLDS(err->status == status && err->text[0] != '\0');
    for (const unsigned char *c = (const unsigned char *)err->text; *c != '\0'; c++)
        HOLDS(*c >= ' ' && *c != 127 && (*c != 0xc2 || c[1] < 0x80 || c[1] > 0x9f));
}

/* ---- Files ------------------------------------------------------------------------------- */

const char *file_of(int slot, const unsigned char *bytes, size_t size)
{
    static struct {
        int fd;
        char path[32];
    } files[FILE_SLOTS];
    if (files[slot].path[0] == '\0') {
        files[slot].fd = memfd_create("fuzz", MFD_CLOEXEC);
        HOLDS(files[slot].fd >= 0);
        snprintf(files[slot].path, sizeof files[slot].path, "/proc/self/fd/%d", files[slot].fd);
    }
    HOLDS(ftruncate(files[slot].fd, 0) == 0 &&
          pwrite(files[slot].fd, bytes, size, 0) == (ssize_t)size);
    return files[slot].path;
}

const char *scratch_path(const char *ending)
{
    static char path[64];
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, sizeof path, "%s/nudge-fuzz-%d%s", folder, (int)getpid(), ending);
    return path;
}

const char *plain_file(const unsigned char *bytes, size_t size)
{
    return file_of(0, bytes, size);
}

const char *file_of_header(const unsigned char *bytes, size_t size)
{
    if (size == 0 || bytes[0] != '{')
        return file_of(0, bytes, size);
    const unsigned char *zero = memchr(bytes, 0, size);
    size_t header = zero != NULL ? (size_t)(zero - bytes) : size;
    size_t data = zero != NULL ? size - header - 1 : 0;
    unsigned char *file NU_FREED = malloc(8 + header + data);
    for (int k = 0; k < 8; k++)
        file[k] = (unsigned char)((uint64_t)header >> 8 * k);
    memcpy(file + 8, bytes, header);
    if (data > 0)
        memcpy(file + 8 + header, zero + 1, data);
    return file_of(0, file, 8 + header + data);
}

/* ---- In the place of other functions: the linker's --wrap ---------------------------------- */

/* As in a control group of 256 MB: what takes more without asking exceeds libFuzzer's limit. */
nu_limits __wrap_nu_cgroup_limits(const char *root);
nu_limits __wrap_nu_cgroup_limits(const char *root)
{
    (void)root;
    return (nu_limits){.memory = (uint64_t)1 << 28, .memory_left = (uint64_t)1 << 28};
}

/* Checksums of checkpoints are all the same, so that what is behind them is reached. */
XXH64_hash_t __wrap_XXH64_digest(const XXH64_state_t *state);
XXH64_hash_t __real_XXH64_digest(const XXH64_state_t *state);
XXH64_hash_t __wrap_XXH64_digest(const XXH64_state_t *state)
{
    return fuzz_reader->read == read_checkpoint ? 0 : __real_XXH64_digest(state);
}

static jmp_buf at_exit;
static int is_inside;

_Noreturn void __wrap_exit(int status);
_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status)
{
    if (is_inside)
        longjmp(at_exit, 1);
    __real_exit(status);
}

/* ---- What is left by those who end the program -------------------------------------------- */

/* The sanitizers call hooks; without them it does not matter. */
int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void *, size_t),
                                              void (*freed)(const volatile void *))
    __attribute__((weak));
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

enum { MOST_LEFT = 1 << 16 };
static const volatile void *left[MOST_LEFT];
static size_t n_left;

static void note_allocated(const volatile void *block, size_t size)
{
    (void)size;
    if (is_inside && n_left < MOST_LEFT)
        left[n_left++] = block;
}

static void note_freed(const volatile void *block)
{
    size_t i = is_inside ? n_left : 0;
    while (i > 0 && left[i - 1] != block)
        i--;
    if (i > 0)
        left[i - 1] = left[--n_left];
}

void survive(void (*work)(void *of), void *of)
{
    static FILE *nowhere;
    static int is_hooked;
    FILE *output = stderr;
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
        setvbuf(nowhere, NULL, _IONBF, 0);
        if (__sanitizer_install_malloc_and_free_hooks != NULL)
            (void)__sanitizer_install_malloc_and_free_hooks(note_allocated, note_freed);
        is_inside = 1;
        void *volatile block = malloc(1); /* gcc's static libubsan has hooks that nobody calls */
        is_hooked = n_left > 0;
        free(block);
        is_inside = 0;
    }
    n_left = 0;
    stderr = nowhere;
    if (!is_hooked && __lsan_disable != NULL)
        __lsan_disable();
    is_inside = 1;
    if (setjmp(at_exit) == 0) {
        work(of);
        n_left = 0;
    }
    is_inside = 0;
    if (!is_hooked && __lsan_enable != NULL)
        __lsan_enable();
    stderr = output;
    while (n_left > 0)
        free((void *)left[--n_left]);
}
