/* What a person sees of a study on its way, and Ctrl-C. */
#ifndef NUDGE_SCALE_LIVE_H
#define NUDGE_SCALE_LIVE_H

/* From here on Ctrl-C asks the study to end early (scale_interrupted() is true); a second one ends
 * the process at once. */
void scale_live_start(int quiet);

/* Removes the live line; Ctrl-C does again what it did before. */
void scale_live_end(void);

int scale_interrupted(void);

/* A line on stderr that the next one replaces; only on a terminal, and not if quiet. */
void scale_live(const char *format, ...) __attribute__((format(printf, 1, 2)));
void scale_live_clear(void);

/* A line on stderr that stays; not if quiet. */
void scale_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
