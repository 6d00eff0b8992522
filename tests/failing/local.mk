# Calls that fail, one after the other, within one process: see failing.h.
failing_sources = tests/failing/failing.h tests/failing/failing.c tests/failing/wrapped.h \
	tests/failing/wrapped.c
failing_wraps = \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=posix_memalign \
	-Wl,--wrap=strdup -Wl,--wrap=strndup -Wl,--wrap=free -Wl,--wrap=asprintf -Wl,--wrap=mmap \
	-Wl,--wrap=pthread_create -Wl,--wrap=newlocale -Wl,--wrap=iconv_open -Wl,--wrap=glob \
	-Wl,--wrap=inflateInit2_ -Wl,--wrap=BZ2_bzDecompressInit -Wl,--wrap=lzma_stream_decoder \
	-Wl,--wrap=ZSTD_createDStream -Wl,--wrap=XXH64_createState -Wl,--wrap=gzdopen \
	-Wl,--wrap=gzwrite -Wl,--wrap=gzclose -Wl,--wrap=json_array -Wl,--wrap=json_object \
	-Wl,--wrap=json_copy -Wl,--wrap=json_integer -Wl,--wrap=json_real -Wl,--wrap=json_string \
	-Wl,--wrap=json_stringn -Wl,--wrap=json_dumps -Wl,--wrap=json_object_set_new \
	-Wl,--wrap=json_array_append_new -Wl,--wrap=json_pack -Wl,--wrap=json_loadb \
	-Wl,--wrap=json_loads -Wl,--wrap=access -Wl,--wrap=faccessat -Wl,--wrap=stat \
	-Wl,--wrap=lstat -Wl,--wrap=fstat -Wl,--wrap=fstatat -Wl,--wrap=fstatvfs \
	-Wl,--wrap=readlink -Wl,--wrap=opendir -Wl,--wrap=dup -Wl,--wrap=fopen -Wl,--wrap=fdopen \
	-Wl,--wrap=rename -Wl,--wrap=link -Wl,--wrap=linkat -Wl,--wrap=ftruncate -Wl,--wrap=fsync \
	-Wl,--wrap=open -Wl,--wrap=read -Wl,--wrap=pread -Wl,--wrap=pwrite -Wl,--wrap=close \
	-Wl,--wrap=fwrite -Wl,--wrap=fputs -Wl,--wrap=fputc -Wl,--wrap=putc -Wl,--wrap=fprintf \
	-Wl,--wrap=fflush -Wl,--wrap=ferror -Wl,--wrap=clearerr -Wl,--wrap=fclose \
	-Wl,--wrap=clock_gettime -Wl,--wrap=nu_memory_check

tests_test_failing_reads_SOURCES = tests/test_failing_reads.c $(failing_sources)
tests_test_failing_reads_LDFLAGS = $(AM_LDFLAGS) $(failing_wraps)
tests_test_failing_models_SOURCES = tests/test_failing_models.c $(failing_sources)
tests_test_failing_models_LDFLAGS = $(AM_LDFLAGS) $(failing_wraps)
tests_test_failing_import_SOURCES = tests/test_failing_import.c $(failing_sources)
tests_test_failing_import_LDFLAGS = $(AM_LDFLAGS) $(failing_wraps)
tests_test_failing_programs_SOURCES = tests/test_failing_programs.c $(failing_sources)
tests_test_failing_programs_LDFLAGS = $(AM_LDFLAGS) $(failing_wraps)
tests_test_failing_training_SOURCES = tests/test_failing_training.c $(failing_sources)
tests_test_failing_training_LDFLAGS = $(AM_LDFLAGS) $(failing_wraps)
