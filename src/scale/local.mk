nudge_SOURCES += src/scale/scale.h src/scale/scale.c
nudge_SOURCES += src/scale/stats.h src/scale/stats.c src/scale/complete.h src/scale/complete.c \
	src/scale/fit.h src/scale/fit.c src/scale/fitted.h src/scale/fitted.c \
	src/scale/laws.h src/scale/laws.c src/scale/least.h src/scale/least.c
