# A test program is tests/NAME.c and links everything, the command's objects too; without libtool,
# which takes five times as long as the linker.
LDADD = libnudgetool.a .libs/libnudge_all.a \
	$(POPT_LIBS) $(HWLOC_LIBS) $(CHECK_LIBS) $(library_libs)
$(check_PROGRAMS): private LINK = $(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS) -o $@
.libs/libnudge_all.a: libnudge_all.la ;

unit_tests = \
	tests/test_arff tests/test_barrier tests/test_bench tests/test_cgroup \
	tests/test_checkpoint tests/test_csv \
	tests/test_column_list tests/test_csv_dialect tests/test_csv_kept tests/test_csv_kinds \
	tests/test_csv_names tests/test_csv_sections \
	tests/test_data_files tests/test_dataset tests/test_dataset_matrix tests/test_decompress \
	tests/test_dropout tests/test_encode tests/test_evaluate tests/test_event_file \
	tests/test_export tests/test_export_columns tests/test_failing_import \
	tests/test_failing_models tests/test_failing_reads \
	tests/test_failing_programs tests/test_failing_training \
	tests/test_file tests/test_folds tests/test_forecast \
	tests/test_held_out \
	tests/test_idx tests/test_import tests/test_import_refused tests/test_importance \
	tests/test_load tests/test_metrics tests/test_model \
	tests/test_model_file tests/test_model_refused tests/test_names tests/test_network \
	tests/test_npy tests/test_npy_types tests/test_npz tests/test_plan tests/test_predict_row \
	tests/test_prep tests/test_prep_choices tests/test_prep_json \
	tests/test_programs tests/test_quantile_scale tests/test_random tests/test_safetensors \
	tests/test_scale_files \
	tests/test_scale_laws tests/test_scale_report tests/test_scale_stats \
	tests/test_scale_vary tests/test_schedule tests/test_selection tests/test_sized \
	tests/test_split tests/test_steps tests/test_stored \
	tests/test_stream tests/test_synth tests/test_synth_values \
	tests/test_task tests/test_real_text tests/test_target_transform tests/test_table_build \
	tests/test_team tests/test_text_formats \
	tests/test_train tests/test_train_callbacks tests/test_trainer tests/test_tree_edges \
	tests/test_train_refused tests/test_values tests/test_warm_start tests/test_watch \
	tests/test_weights \
	tests/test_embed tests/test_input_factor tests/test_members tests/test_realmlp \
	tests/test_written \
	tests/test_import_graphs \
	tests/test_import_graphs_near \
	tests/test_import_graph_ends tests/test_import_graph_shapes

# Those of many seconds.
long_tests = tests/test_gradient tests/test_invariance tests/test_torch

# The numeric functions, which are compiled once per precision.
numeric_tests = tests/test_numeric_f32 tests/test_numeric_f64
tests_test_numeric_f32_SOURCES = tests/test_numeric.c
tests_test_numeric_f32_CPPFLAGS = $(AM_CPPFLAGS) -DNU_REAL_BITS=32
tests_test_numeric_f64_SOURCES = tests/test_numeric.c
tests_test_numeric_f64_CPPFLAGS = $(AM_CPPFLAGS) -DNU_REAL_BITS=64

# The longest first, so that at the end no core waits for one.
cli_tests = \
	tests/cli_real_data.sh tests/cli_torch.sh tests/cli_scale.sh tests/cli_resume.sh \
	tests/cli_train.sh tests/cli_usage.sh tests/cli_readme.sh \
	tests/cli_data_files.sh tests/cli_folds.sh tests/cli_safetensors.sh \
	tests/cli_convert.sh tests/cli_bad_input.sh tests/cli_bench.sh tests/cli_columns.sh \
	tests/cli_dialect.sh tests/cli_encode.sh tests/cli_plot.sh tests/cli_eval.sh \
	tests/cli_same_bits.sh tests/cli_plan.sh tests/cli_targets.sh \
	tests/cli_inferred.sh tests/cli_outputs.sh tests/cli_parts.sh tests/cli_recipe.sh \
	tests/cli_best.sh tests/cli_programs.sh tests/cli_threads.sh \
	tests/cli_members.sh tests/cli_weights.sh tests/cli_export.sh tests/cli_faults.sh \
	tests/cli_import.sh tests/cli_released.sh tests/cli_onnx.sh

# What may differ without OpenMP and hwloc: make check TESTS='$(serial_tests)'.
serial_tests = \
	tests/cli_scale.sh tests/cli_bench.sh tests/cli_train.sh \
	tests/cli_same_bits.sh tests/cli_plan.sh tests/cli_threads.sh \
	tests/test_bench tests/test_checkpoint tests/test_csv tests/test_dataset_matrix \
	tests/test_evaluate tests/test_forecast tests/test_npy tests/test_plan \
	tests/test_steps tests/test_synth tests/test_team tests/test_train \
	tests/test_train_callbacks tests/test_trainer tests/test_watch tests/test_written \
	$(numeric_tests) tests/check-structure

check_PROGRAMS += $(long_tests) $(unit_tests) $(numeric_tests)
TESTS += $(long_tests) $(cli_tests) $(unit_tests) $(numeric_tests) tests/check-structure

# Every call that can fail, and kills at random moments, for as long as that takes.
.PHONY: check-faults check-kills
check-faults: nudge$(EXEEXT)
	CC='$(CC)' '$(srcdir)/tests/faults/run' --nudge ./nudge
check-kills: nudge$(EXEEXT)
	'$(srcdir)/tests/kills/run' --nudge ./nudge --rounds $${ROUNDS-100}

EXTRA_DIST += $(cli_tests) tests/faults tests/kills tests/check-structure tests/files tests/setup.sh \
	tests/sides_data.sh \
	tests/cli_data_files.py tests/cli_safetensors.py tests/cli_torch.py tests/import_networks.py \
	tests/csv_fixtures.h tests/dataset_fixtures.h tests/file_fixtures.h tests/folder_fixtures.h \
	tests/graph_fixtures.h \
	tests/model_file_fixtures.h tests/model_fixtures.h tests/npy_fixtures.h \
	tests/read_fixtures.h \
	tests/scale_runs_fixtures.h tests/study_fixtures.h tests/synth_fixtures.h \
	tests/table_fixtures.h tests/torch_fixtures.h tests/suite.h tests/zip_fixtures.h \
	scripts/export-check scripts/release-files scripts/coverage scripts/static-checks \
	scripts/cppcheck-suppressions .clang-tidy scripts/or-init scripts/pandas-reference \
	scripts/embed-reference scripts/torch-reference scripts/sklearn-reference \
	scripts/realmlp-reference scripts/tables scripts/tables-read scripts/torch-mnist \
	scripts/compare scripts/compare-peer scripts/compare-fann.c
