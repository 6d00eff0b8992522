# libnudgetool holds every object of the command but main(), so that tests link what they test.
libnudgetool_a_SOURCES = \
	src/tool/support/command.h src/tool/support/command.c \
	src/tool/support/cross_validation.h src/tool/support/cross_validation.c \
	src/tool/support/config.h src/tool/support/config.c \
	src/tool/support/data_options.h src/tool/support/data_options.c \
	src/tool/support/epoch_log.h src/tool/support/epoch_log.c \
	src/tool/support/event_file.h src/tool/support/event_file.c \
	src/tool/support/gnuplot.h src/tool/support/gnuplot.c \
	src/tool/support/held_out.h src/tool/support/held_out.c \
	src/tool/support/help.h src/tool/support/help.c \
	src/tool/support/manual.c src/tool/support/completion.c \
	src/tool/support/learning_options.h src/tool/support/learning_options.c \
	src/tool/support/importance_report.h src/tool/support/importance_report.c \
	src/tool/support/json.h src/tool/support/json.c \
	src/tool/support/options.h src/tool/support/options.c \
	src/tool/support/option_tables.c \
	src/tool/support/machine.h src/tool/support/machine.c \
	src/tool/support/members.h src/tool/support/members.c \
	src/tool/support/members_report.h src/tool/support/members_report.c \
	src/tool/support/recipe.h src/tool/support/recipe.c \
	src/tool/support/refit.h src/tool/support/refit.c \
	src/tool/support/run_lines.h src/tool/support/run_lines.c \
	src/tool/support/say.h src/tool/support/say.c \
	src/tool/support/stats.h src/tool/support/stats.c \
	src/tool/support/output_metrics.h src/tool/support/output_metrics.c \
	src/tool/support/page.h src/tool/support/page.c \
	src/tool/support/text_stream.h src/tool/support/text_stream.c \
	src/tool/support/text_table.h src/tool/support/text_table.c \
	src/tool/support/train_progress.h src/tool/support/train_progress.c \
	src/tool/support/train_report.h src/tool/support/train_report.c \
	src/tool/support/train_setup.h src/tool/support/train_setup.c \
	src/tool/support/selection.h src/tool/support/selection.c \
	src/tool/support/training.h src/tool/support/training.c \
	src/tool/support/trial_choice.h src/tool/support/trial_choice.c \
	src/tool/support/trial_table.h src/tool/support/trial_table.c \
	src/tool/support/trials.h src/tool/support/trials.c \
	src/tool/support/watch.h src/tool/support/watch.c
libnudgetool_a_SOURCES += \
	src/tool/cmd_convert.c src/tool/cmd_eval.c src/tool/cmd_export.c src/tool/cmd_gen.c \
	src/tool/cmd_gradcheck.c src/tool/cmd_import.c src/tool/cmd_info.c \
	src/tool/cmd_plan.c \
	src/tool/cmd_predict.c src/tool/cmd_train.c
libnudgetool_a_SOURCES += \
	src/tool/bench/cmd_bench.c src/tool/bench/bench.h \
	src/tool/bench/bench_gemm.c src/tool/bench/bench_kernels.c src/tool/bench/bench_network.c
libnudgetool_a_SOURCES += \
	src/tool/plot/cmd_plot.c src/tool/plot/plot.h src/tool/plot/curves.c src/tool/plot/run_log.c \
	src/tool/plot/style.h src/tool/plot/style.c \
	src/tool/plot/results.h src/tool/plot/results.c
nudge_SOURCES = src/tool/main.c
