libnudgetool_a_SOURCES += \
	src/tool/scale/cmd_scale.c src/tool/scale/study.h src/tool/scale/study.c \
	src/tool/scale/setup.h src/tool/scale/setup.c src/tool/scale/vary.c \
	src/tool/scale/points.h src/tool/scale/points.c \
	src/tool/scale/measure.c src/tool/scale/peer.h src/tool/scale/peer.c \
	src/tool/scale/analyse.h src/tool/scale/analyse.c \
	src/tool/scale/laws.h src/tool/scale/laws.c \
	src/tool/scale/report.h src/tool/scale/report.c src/tool/scale/report_laws.c \
	src/tool/scale/results.h src/tool/scale/results.c \
	src/tool/scale/files.h src/tool/scale/files.c src/tool/scale/plots.c
