nudge_SOURCES += \
	src/tool/main.c src/tool/commands.h \
	src/tool/cmd_train.c \
	src/tool/cmd_eval.c \
	src/tool/cmd_predict.c \
	src/tool/cmd_info.c \
	src/tool/cmd_gen.c \
	src/tool/cmd_gradcheck.c \
	src/tool/cmd_plan.c src/tool/plan.h src/tool/plan_report.c \
	src/tool/cmd_bench.c src/tool/bench.h src/tool/bench_gemm.c src/tool/bench_kernels.c \
	src/tool/bench_network.h src/tool/bench_network.c src/tool/bench_infer.c \
	src/tool/bench_train.h src/tool/bench_train.c src/tool/bench_train_report.c \
	src/tool/cmd_scale.c \
	src/tool/cmd_plot.c src/tool/plot_curves.h src/tool/plot_curves.c \
	src/tool/plot_names.h src/tool/plot_names.c \
	src/tool/run_log.h src/tool/run_log.c \
	src/tool/options.h src/tool/options.c src/tool/help.c \
	src/tool/read_setup.h src/tool/read_setup.c \
	src/tool/train_setup.h src/tool/train_setup.c \
	src/tool/train_report.h src/tool/train_report.c \
	src/tool/progress.h src/tool/progress.c \
	src/tool/report.h src/tool/report.c \
	src/tool/gnuplot.h src/tool/gnuplot.c \
	src/tool/gnuplot_style.h src/tool/gnuplot_style.c \
	src/tool/json_out.h src/tool/json_out.c \
	src/tool/output_file.h src/tool/output_file.c \
	src/tool/exit.h src/tool/exit.c
