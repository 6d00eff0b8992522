libnudge_all_la_SOURCES += \
	src/prep/apply.h src/prep/apply.c src/prep/apply_columns.c \
	src/prep/fit.h src/prep/fit.c src/prep/fit_target.c \
	src/prep/prep.h src/prep/prep.c src/prep/prep_json.c
