libnudge_all_la_SOURCES += \
	src/data/table.h src/data/table.c \
	src/data/prep.h src/data/dataset.h
numeric_sources += src/data/batch.h src/data/batch.c
libnudge_all_la_SOURCES += \
	src/data/csv.h src/data/csv.c src/data/csv_scan.c src/data/csv_cell.c \
	src/data/csv_header.c src/data/csv_columns.c \
	src/data/dictionary.h src/data/dictionary.c \
	src/data/table_write.c
libnudge_all_la_SOURCES += \
	src/data/array.h src/data/array.c src/data/npy.c src/data/st_data.c src/data/labels.c \
	src/data/array_write.c src/data/synth_write.c
libnudge_all_la_SOURCES += \
	src/data/idx.c src/data/class_numbers.c \
	src/data/synth.h src/data/synth.c src/data/synth_spec.c src/data/synth_draw.c \
	src/data/synth_values.c src/data/synth_teacher.c src/data/synth_mixture.c \
	src/data/synth_curves.c src/data/synth_exact.c
libnudge_all_la_SOURCES += \
	src/data/prep.c src/data/prep_fit.h src/data/prep_fit.c src/data/prep_target.c \
	src/data/prep_json.c src/data/convert.h src/data/dataset.c src/data/pack.h \
	src/data/dataset_pack.c src/data/pack_columns.c src/data/split.h src/data/split.c \
	src/data/load.c src/data/random_dataset.c
