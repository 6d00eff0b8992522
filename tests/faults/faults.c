/* Preloaded into a program, makes the n-th call of a kind fail, once or from then on: see
 * tests/faults/run. The environment says which:
 *
 *   FAULT=malloc:ENOMEM:17:once    FAULT=write:short:3:always
 *   FAULT_COUNTS=FILE              writes how many calls of each kind there were, when it ends
 *
 * Calls count from main() on. Memory is asked for through the functions defined here. Everything
 * else is a system call: a filter (seccomp) sends those made by the C library to a handler, which
 * makes them itself or makes them fail. So those are seen, too, that stdio and malloc() make. A
 * program that this one runs is at other addresses and left alone. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { MALLOC, THREAD, FIRST_SYSTEM_CALL };
enum { SHORT = -1 }; /* half of what was asked for is read or written */

static const struct kind {
    const char *name;
    int number; /* of the system call */
} kinds[] = {
    {"malloc", -1},           {"thread", -1},          {"open", SYS_openat},
    {"read", SYS_read},       {"pread", SYS_pread64},  {"write", SYS_write},
    {"pwrite", SYS_pwrite64}, {"fsync", SYS_fsync},    {"rename", SYS_rename},
    {"link", SYS_link},       {"linkat", SYS_linkat},  {"close", SYS_close},
    {"mmap", SYS_mmap},       {"fork", SYS_clone},     {"stat", SYS_newfstatat},
    {"truncate", SYS_ftruncate},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct {
    const char *name;
    int value;
} errors[] = {
    {"short", SHORT}, {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN}, {"EMFILE", EMFILE},
    {"EIO", EIO},     {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
};

static struct {
    int counts; /* main() has begun, and this is not a child of it */
    int calls[KINDS];
    int kind, error, from, always;
} fault = {.kind = -1};

/* What the next call of `kind` must do: 0, an errno, or SHORT. */
static int next(int kind)
{
    if (!fault.counts)
        return 0;
    int n = __atomic_add_fetch(&fault.calls[kind], 1, __ATOMIC_RELAXED);
    int hit = kind == fault.kind && (fault.always ? n >= fault.from : n == fault.from);
    return hit ? fault.error : 0;
}

/* ---- Memory and threads ---------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static int no_memory(void)
{
    int error = next(MALLOC);
    if (error != 0)
        errno = error;
    return error != 0;
}

void *malloc(size_t size)
{
    return no_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return no_memory() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *made = no_memory() ? NULL : __libc_memalign(alignment, size);
    if (made != NULL)
        *out = made;
    return made != NULL ? 0 : ENOMEM;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*start)(void *), void *arg)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    int error = next(THREAD);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return error != 0 ? error : real(thread, how, start, arg);
}

/* hwloc 2.9 does not look whether it got memory, and crashes: nothing fails in there. */
static int without_faults(const char *name, void *argument)
{
    int (*real)(void *), counts = fault.counts;
    *(void **)&real = dlsym(RTLD_NEXT, name);
    fault.counts = 0;
    int status = real(argument);
    fault.counts = counts;
    return status;
}

int hwloc_topology_init(void *topology);
int hwloc_topology_load(void *topology);

int hwloc_topology_init(void *topology)
{
    return without_faults("hwloc_topology_init", topology);
}

int hwloc_topology_load(void *topology)
{
    return without_faults("hwloc_topology_load", topology);
}

/* ---- System calls ---------------------------------------------------------------------- */

/* Made from here, where the filter lets it pass. */
static long system_call(long number, const greg_t *r)
{
    register long a4 __asm__("r10") = r[REG_R10], a5 __asm__("r8") = r[REG_R8],
                  a6 __asm__("r9") = r[REG_R9];
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(r[REG_RDI]), "S"(r[REG_RSI]), "d"(r[REG_RDX]), "r"(a4),
                       "r"(a5), "r"(a6)
                     : "rcx", "r11", "memory");
    return result;
}

static void on_system_call(int signal, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    int kind = FIRST_SYSTEM_CALL;
    (void)signal;
    while (kinds[kind].number != info->si_syscall)
        kind++;
    /* Messages arrive: whether there is one is what is tested. */
    int error = info->si_syscall == SYS_write && r[REG_RDI] == STDERR_FILENO ? 0 : next(kind);
    if (error == SHORT && r[REG_RDX] > 1)
        r[REG_RDX] /= 2;
    if (error <= 0 || info->si_syscall == SYS_close) /* closed it is, even if that fails */
        r[REG_RAX] = system_call(info->si_syscall, r);
    if (error > 0)
        r[REG_RAX] = -error;
    if (info->si_syscall == SYS_clone && r[REG_RAX] == 0)
        fault.counts = 0; /* this is the child */
}

/* The addresses of the C library's code. */
static int find_code(struct dl_phdr_info *object, size_t size, void *range)
{
    uintptr_t *at = range, inside = (uintptr_t)&__libc_malloc;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0 && inside >= begin &&
            inside < begin + part->p_memsz) {
            at[0] = begin;
            at[1] = begin + part->p_memsz;
            return 1;
        }
    }
    return 0;
}

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define UNLESS(test, value, skip) BPF_JUMP(BPF_JMP | (test) | BPF_K, (value), 0, (skip))

/* The filter: "return ALLOW" is its end, behind the rows of kinds, and "return TRAP" one before. */
static void filter_system_calls(char **argv)
{
    enum { HEAD = 7, LENGTH = HEAD + KINDS - FIRST_SYSTEM_CALL + 3 };
    uintptr_t code[2] = {0};
    struct sigaction action = {.sa_sigaction = on_system_call, .sa_flags = SA_SIGINFO | SA_RESTART};
    dl_iterate_phdr(find_code, code);
    if (code[0] >> 32 != code[1] >> 32) /* rare: the filter compares 32 bits at a time */
        execv("/proc/self/exe", argv);
    struct sock_filter filter[LENGTH] = {
        FIELD(arch),
        UNLESS(BPF_JEQ, AUDIT_ARCH_X86_64, LENGTH - 4),
        FIELD(instruction_pointer), /* its lower half */
        UNLESS(BPF_JGE, (uint32_t)code[0], LENGTH - 6),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)code[1], LENGTH - 7, 0),
        FIELD(instruction_pointer), /* its upper half, below */
        UNLESS(BPF_JEQ, (uint32_t)(code[0] >> 32), LENGTH - 9),
    };
    filter[5].k += 4;
    struct sock_filter *f = filter + HEAD;
    *f++ = (struct sock_filter)FIELD(nr);
    for (int i = FIRST_SYSTEM_CALL; i < KINDS; i++)
        *f++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)kinds[i].number,
                                            (uint8_t)(KINDS - i), 0);
    *f++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    *f = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {LENGTH, filter};
    sigaction(SIGSYS, &action, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("faults: no filter for system calls");
        _exit(77);
    }
}

/* ---- Beginning and end ----------------------------------------------------------------- */

static const char *counts_file;

static void write_counts(void)
{
    fault.counts = 0;
    FILE *file = fopen(counts_file, "w");
    for (int i = 0; file != NULL && i < KINDS; i++)
        fprintf(file, "%s %d\n", kinds[i].name, fault.calls[i]);
    if (file == NULL || fclose(file) != 0)
        _exit(77);
}

static void read_fault(const char *text)
{
    char kind[20], error[20], when[20];
    if (sscanf(text, "%19[^:]:%19[^:]:%d:%19s", kind, error, &fault.from, when) == 4)
        for (int i = 0; i < KINDS; i++)
            for (size_t j = 0; j < sizeof errors / sizeof *errors; j++)
                if (strcmp(kind, kinds[i].name) == 0 && strcmp(error, errors[j].name) == 0) {
                    fault.kind = i;
                    fault.error = errors[j].value;
                    fault.always = strcmp(when, "always") == 0;
                    return;
                }
    fprintf(stderr, "faults: FAULT=%s: not such as write:ENOSPC:3:once\n", text);
    _exit(77);
}

static int (*real_main)(int, char **, char **);

static int counted_main(int argc, char **argv, char **environment)
{
    const char *text = getenv("FAULT");
    counts_file = getenv("FAULT_COUNTS");
    if (text != NULL)
        read_fault(text);
    if (counts_file != NULL)
        atexit(write_counts);
    filter_system_calls(argv);
    unsetenv("LD_PRELOAD");
    fault.counts = 1;
    return real_main(argc, argv, environment);
}

int __libc_start_main(int (*begin)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*linker)(void), void *stack);

int __libc_start_main(int (*begin)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*linker)(void), void *stack)
{
    int (*real)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                void (*)(void), void *);
    *(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = begin;
    return real(counted_main, argc, argv, init, fini, linker, stack);
}
