
check_PROGRAMS += tests/test_torch tests/test_programs tests/test_gradient \
	tests/test_invariance tests/test_train tests/test_train_refused
tests_test_torch_SOURCES = tests/test_torch.c tests/made.h tests/suite.h
tests_test_torch_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_programs_SOURCES = tests/test_programs.c tests/made.h tests/suite.h
tests_test_programs_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_gradient_SOURCES = tests/test_gradient.c tests/made.h tests/suite.h
tests_test_gradient_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_invariance_SOURCES = tests/test_invariance.c tests/made.h tests/suite.h
tests_test_invariance_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_train_SOURCES = tests/test_train.c tests/made.h tests/suite.h
tests_test_train_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_train_refused_SOURCES = tests/test_train_refused.c tests/made.h tests/suite.h
tests_test_train_refused_LDADD = libnudge_all.la $(CHECK_LIBS)
check_PROGRAMS += tests/test_evaluate
tests_test_evaluate_SOURCES = tests/test_evaluate.c tests/made.h tests/suite.h
tests_test_evaluate_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_evaluate
TESTS += tests/test_torch tests/test_programs tests/test_gradient tests/test_invariance \
	tests/test_train tests/test_train_refused \
	tests/cli_torch.sh tests/cli_same_bits.sh
EXTRA_DIST += tests/cli_torch.sh tests/cli_torch.py tests/cli_same_bits.sh tests/files/torch-reference.json \
	scripts/torch-reference scripts/torch-mnist scripts/compare scripts/compare-peer \
	scripts/compare-fann.c

check_PROGRAMS += tests/test_csv tests/test_csv_names tests/test_file
tests_test_csv_SOURCES = tests/test_csv.c tests/csv_table.h tests/suite.h
tests_test_csv_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_csv_names_SOURCES = tests/test_csv_names.c tests/csv_table.h tests/suite.h
tests_test_csv_names_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_file_SOURCES = tests/test_file.c tests/suite.h
tests_test_file_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_csv tests/test_csv_names tests/test_file
EXTRA_DIST += tests/files/bad-after-quote.csv tests/files/bad-blank.csv \
	tests/files/bad-control.csv tests/files/bad-cut.csv.gz tests/files/bad-damaged.csv.gz \
	tests/files/bad-duplicate-name.csv tests/files/bad-empty-name.csv tests/files/bad-empty.csv \
	tests/files/bad-header-only.csv tests/files/bad-hex.csv tests/files/bad-infinity.csv \
	tests/files/bad-inner-quote.csv tests/files/bad-latin1.csv tests/files/bad-long-cell.csv \
	tests/files/bad-nan.csv tests/files/bad-nul.csv tests/files/bad-number-in-texts.csv \
	tests/files/bad-open-quote.csv tests/files/bad-overflow.csv \
	tests/files/bad-ragged-after-lines.csv tests/files/bad-ragged-long.csv \
	tests/files/bad-ragged-no-header.csv tests/files/bad-ragged-short.csv \
	tests/files/bad-text-first.csv tests/files/bad-text-in-numbers.csv \
	tests/files/bad-trailing.csv.gz tests/files/bad-utf16.csv tests/files/good-blank-lines.csv \
	tests/files/good-bom.csv tests/files/good-cr.csv tests/files/good-crlf.csv \
	tests/files/good-gzip.csv.gz tests/files/good-missing.csv tests/files/good-no-header.csv \
	tests/files/good-plain.csv tests/files/good-quotes.csv tests/files/good-spaces.csv \
	tests/files/good-text-only.csv tests/files/good-two-members.csv.gz tests/files/good-utf8.csv

# The command line.
cli_tests = tests/cli_usage.sh tests/cli_bad_input.sh tests/cli_programs.sh tests/cli_train.sh \
	tests/cli_readme.sh tests/cli_real_data.sh tests/cli_scale.sh tests/cli_plot.sh
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) tests/setup.sh tests/files/or-init.safetensors scripts/or-init \
	doc/example.c

check_PROGRAMS += tests/test_numeric_f32 tests/test_numeric_f64 tests/test_plan
tests_test_numeric_f32_SOURCES = tests/test_numeric.c tests/suite.h
tests_test_numeric_f32_CPPFLAGS = $(AM_CPPFLAGS) -DNU_REAL_BITS=32
tests_test_numeric_f32_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_numeric_f64_SOURCES = tests/test_numeric.c tests/suite.h
tests_test_numeric_f64_CPPFLAGS = $(AM_CPPFLAGS) -DNU_REAL_BITS=64
tests_test_numeric_f64_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_plan_SOURCES = tests/test_plan.c tests/suite.h
tests_test_plan_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_numeric_f32 tests/test_numeric_f64 tests/test_plan

check_PROGRAMS += tests/test_names tests/test_network tests/test_model tests/test_safetensors \
	tests/test_model_file
tests_test_names_SOURCES = tests/test_names.c tests/suite.h
tests_test_names_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_network_SOURCES = tests/test_network.c tests/suite.h
tests_test_network_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_model_SOURCES = tests/test_model.c tests/made.h tests/suite.h
tests_test_model_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_safetensors_SOURCES = tests/test_safetensors.c tests/st_file.h tests/suite.h
tests_test_safetensors_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_model_file_SOURCES = tests/test_model_file.c tests/st_file.h tests/made.h tests/suite.h
tests_test_model_file_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_names tests/test_network tests/test_model tests/test_safetensors \
	tests/test_model_file tests/cli_safetensors.sh
EXTRA_DIST += tests/cli_safetensors.sh tests/cli_safetensors.py

check_PROGRAMS += tests/test_random tests/test_idx tests/test_synth
tests_test_random_SOURCES = tests/test_random.c tests/suite.h
tests_test_random_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_idx_SOURCES = tests/test_idx.c tests/suite.h
tests_test_idx_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_synth_SOURCES = tests/test_synth.c tests/suite.h
tests_test_synth_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_random tests/test_idx tests/test_synth
EXTRA_DIST += tests/files/bad-count-labels.idx tests/files/bad-cut.idx.gz \
	tests/files/bad-header.idx tests/files/bad-huge.idx tests/files/bad-infinity.idx \
	tests/files/bad-long.idx tests/files/bad-magic.idx tests/files/bad-nan.idx \
	tests/files/bad-negative-labels.idx tests/files/bad-short.idx \
	tests/files/bad-type-labels.idx tests/files/bad-zero.idx tests/files/good-images.idx \
	tests/files/good-images.idx.gz tests/files/good-labels.idx

check_PROGRAMS += tests/test_prep tests/test_prep_json tests/test_dataset tests/test_load
tests_test_prep_SOURCES = tests/test_prep.c tests/tables.h tests/made.h tests/suite.h
tests_test_prep_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_prep_json_SOURCES = tests/test_prep_json.c tests/tables.h tests/made.h tests/suite.h
tests_test_prep_json_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_dataset_SOURCES = tests/test_dataset.c tests/tables.h tests/made.h tests/suite.h
tests_test_dataset_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_load_SOURCES = tests/test_load.c tests/tables.h tests/made.h tests/suite.h
tests_test_load_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_prep tests/test_prep_json tests/test_dataset tests/test_load
EXTRA_DIST += tests/files/good-towns-train.csv tests/files/good-towns-val.csv \
	tests/files/good-towns-new.csv

check_PROGRAMS += tests/test_bench
tests_test_bench_SOURCES = tests/test_bench.c tests/suite.h
tests_test_bench_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_bench tests/cli_bench.sh
EXTRA_DIST += tests/cli_bench.sh

check_PROGRAMS += tests/test_scale_measure
tests_test_scale_measure_SOURCES = tests/test_scale_measure.c tests/suite.h \
	src/scale/weights.c src/scale/work.c
tests_test_scale_measure_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_scale_measure

# The statistics of nudge scale.
scale_sources = src/scale/scale.c src/scale/stats.c src/scale/drift.c src/scale/complete.c \
	src/scale/fit.c \
	src/scale/fitted.c src/scale/laws.c src/scale/least.c src/tool/exit.c
check_PROGRAMS += tests/test_scale_stats tests/test_scale_fit
tests_test_scale_stats_SOURCES = tests/test_scale_stats.c tests/scale_made.h tests/suite.h \
	$(scale_sources)
tests_test_scale_stats_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_scale_fit_SOURCES = tests/test_scale_fit.c tests/scale_made.h tests/suite.h \
	$(scale_sources)
tests_test_scale_fit_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_scale_stats tests/test_scale_fit

check_PROGRAMS += tests/test_procfs tests/test_watch tests/test_environment
scale_environment_tested = $(scale_environment_sources) src/scale/scale.c \
	src/tool/json_out.c src/tool/report.c src/tool/exit.c
tests_test_procfs_SOURCES = tests/test_procfs.c tests/suite.h $(scale_environment_tested)
nodist_tests_test_procfs_SOURCES = src/scale/build.c
tests_test_procfs_CPPFLAGS = $(AM_CPPFLAGS) $(HWLOC_CFLAGS)
tests_test_procfs_LDADD = libnudge_all.la $(HWLOC_LIBS) $(CHECK_LIBS)
tests_test_watch_SOURCES = tests/test_watch.c tests/notes.h tests/suite.h \
	$(scale_environment_tested)
nodist_tests_test_watch_SOURCES = src/scale/build.c
tests_test_watch_CPPFLAGS = $(AM_CPPFLAGS) $(HWLOC_CFLAGS)
tests_test_watch_LDADD = libnudge_all.la $(HWLOC_LIBS) $(CHECK_LIBS)
tests_test_environment_SOURCES = tests/test_environment.c tests/notes.h tests/suite.h \
	$(scale_environment_tested)
nodist_tests_test_environment_SOURCES = src/scale/build.c
tests_test_environment_CPPFLAGS = $(AM_CPPFLAGS) $(HWLOC_CFLAGS)
tests_test_environment_LDADD = libnudge_all.la $(HWLOC_LIBS) $(CHECK_LIBS)
TESTS += tests/test_procfs tests/test_watch tests/test_environment

# What "nudge scale --out" leaves. Its sources are the program's, compiled into the test.
check_PROGRAMS += tests/test_scale_output tests/test_scale_report
scale_output_test_sources = tests/study_folder.h tests/made_study.h tests/suite.h \
	src/scale/scale.c src/scale/stats.c src/scale/drift.c $(scale_output_sources) \
	src/tool/exit.c src/tool/json_out.c \
	src/tool/report.c src/tool/output_file.c src/tool/gnuplot.c src/tool/gnuplot_style.c
tests_test_scale_output_SOURCES = tests/test_scale_output.c $(scale_output_test_sources)
tests_test_scale_output_LDADD = libnudge_all.la $(JANSSON_LIBS) $(CHECK_LIBS)
tests_test_scale_report_SOURCES = tests/test_scale_report.c $(scale_output_test_sources)
tests_test_scale_report_LDADD = libnudge_all.la $(JANSSON_LIBS) $(CHECK_LIBS)
TESTS += tests/test_scale_output tests/test_scale_report

check_PROGRAMS += tests/test_npy tests/test_data_files
tests_test_npy_SOURCES = tests/test_npy.c tests/suite.h
tests_test_npy_LDADD = libnudge_all.la $(CHECK_LIBS)
tests_test_data_files_SOURCES = tests/test_data_files.c tests/st_file.h tests/suite.h
tests_test_data_files_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_npy tests/test_data_files tests/cli_data_files.sh
EXTRA_DIST += tests/cli_data_files.sh tests/cli_data_files.py

check_PROGRAMS += tests/test_forecast
tests_test_forecast_SOURCES = tests/test_forecast.c tests/suite.h
tests_test_forecast_LDADD = libnudge_all.la $(CHECK_LIBS)
TESTS += tests/test_forecast tests/cli_plan.sh
EXTRA_DIST += tests/cli_plan.sh
