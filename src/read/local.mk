libnudge_all_la_SOURCES += \
	src/read/archive.h src/read/archive.c \
	src/read/arff.c src/read/csv.h \
	src/read/array.h src/read/array.c src/read/array_labels.c src/read/array_texts.c \
	src/read/array_map.h src/read/array_map.c \
	src/read/array_files.h src/read/array_files.c \
	src/read/csv.c \
	src/read/csv_columns.h src/read/csv_columns.c \
	src/read/csv_dialect.h src/read/csv_dialect.c \
	src/read/csv_encoding.h src/read/csv_encoding.c \
	src/read/csv_fill.h src/read/csv_fill.c \
	src/read/csv_header.h src/read/csv_header.c \
	src/read/csv_kinds.h src/read/csv_kinds.c src/read/csv_left_out.c src/read/csv_odd.h src/read/csv_odd.c \
	src/read/column_list.h src/read/column_list.c \
	src/read/csv_names.h src/read/csv_names.c \
	src/read/csv_parts.h src/read/csv_parts.c \
	src/read/csv_scan.h src/read/csv_scan.c \
	src/read/csv_head.h src/read/csv_head.c src/read/csv_rows.h src/read/csv_rows.c \
	src/read/csv_sections.h src/read/csv_sections.c \
	src/read/csv_text.h src/read/csv_text.c \
	src/read/csv_trial.h src/read/csv_trial.c \
	src/read/csv_write.c \
	src/read/fann.c src/read/libsvm.c \
	src/read/text_words.h src/read/text_words.c \
	src/read/file_parts.h src/read/file_parts.c \
	src/read/foreign.h src/read/foreign.c src/read/format.h \
	src/read/folds.c src/read/idx.c src/read/load.c src/read/npy.c \
	src/read/read.h src/read/read.c \
	src/read/safetensors_data.c \
	src/read/stored_table.h src/read/stored_table.c src/read/stored_write.c \
	src/read/source.h src/read/source.c \
	src/read/write.c \
	src/read/zip.h src/read/zip.c
