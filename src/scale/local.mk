nudge_SOURCES += src/scale/scale.h src/scale/scale.c
