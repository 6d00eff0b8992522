nudge_SOURCES += src/scale/scale.h src/scale/scale.c
nudge_SOURCES += src/scale/setup.h src/scale/setup.c src/scale/prepare.h src/scale/prepare.c \
	src/scale/once.h src/scale/once.c src/scale/run.h src/scale/run.c \
	src/scale/pulse.h src/scale/pulse.c src/scale/rates.h src/scale/rates.c \
	src/scale/weights.h src/scale/weights.c src/scale/live.h src/scale/live.c \
	src/scale/report_text.h src/scale/report_text.c \
	src/scale/report_models.h src/scale/report_models.c
nudge_SOURCES += src/scale/stats.h src/scale/stats.c src/scale/complete.h src/scale/complete.c \
	src/scale/fit.h src/scale/fit.c src/scale/fitted.h src/scale/fitted.c \
	src/scale/laws.h src/scale/laws.c src/scale/least.h src/scale/least.c
