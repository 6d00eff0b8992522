/* NU_CLONES before a function compiles it for several instruction sets; the program picks the
 * best one when it starts, so that a portable binary uses AVX2 or AVX-512 where they are. */
#ifndef NUDGE_CORE_CLONES_H
#define NUDGE_CORE_CLONES_H

#ifdef HAVE_TARGET_CLONES
#define NU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NU_CLONES
#endif

#endif
