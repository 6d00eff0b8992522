libnudge_all_la_SOURCES += \
	src/read/array.h src/read/array.c src/read/array_files.c \
	src/read/csv.h src/read/csv.c src/read/csv_cell.c src/read/csv_columns.c \
	src/read/csv_header.c src/read/csv_scan.c src/read/csv_write.c \
	src/read/idx.c src/read/labels.c src/read/load.c src/read/npy.c \
	src/read/safetensors_data.c src/read/synth_write.c
