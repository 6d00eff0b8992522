libnudge_all_la_SOURCES += \
	src/prep/apply.c \
	src/prep/apply_target.h src/prep/apply_target.c \
	src/prep/class_weights.h src/prep/class_weights.c \
	src/prep/dialect_json.h src/prep/dialect_json.c \
	src/prep/encode.h src/prep/encode.c \
	src/prep/json_list.h src/prep/json_list.c \
	src/prep/lists_json.h src/prep/lists_json.c \
	src/prep/learning.h src/prep/fit.c \
	src/prep/fit_numbers.c src/prep/fit_target.c \
	src/prep/prep.h src/prep/prep.c \
	src/prep/prep_json.h src/prep/prep_json.c \
	src/prep/quantile_scale.h src/prep/quantile_scale.c \
	src/prep/row.c \
	src/prep/statistics.c \
	src/prep/strata.h src/prep/strata.c \
	src/prep/target.h src/prep/target.c \
	src/prep/task.h src/prep/task.c \
	src/prep/transform.h src/prep/transform.c \
	src/prep/tree_edges.h src/prep/tree_edges.c
