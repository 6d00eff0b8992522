libnudgetool_la_SOURCES += src/tool/scale/scale.h src/tool/scale/scale.c src/tool/scale/cmd_scale.c
libnudgetool_la_SOURCES += src/tool/scale/setup.h src/tool/scale/setup.c src/tool/scale/points.c \
	src/tool/scale/prepare.h src/tool/scale/prepare.c src/tool/scale/work.h src/tool/scale/work.c \
	src/tool/scale/once.h src/tool/scale/once.c src/tool/scale/run.h src/tool/scale/run.c \
	src/tool/scale/pulse.h src/tool/scale/pulse.c src/tool/scale/rates.h src/tool/scale/rates.c \
	src/tool/scale/weights.h src/tool/scale/weights.c src/tool/scale/live.h src/tool/scale/live.c \
	src/tool/scale/report_text.h src/tool/scale/report_text.c \
	src/tool/scale/report_models.h src/tool/scale/report_models.c
libnudgetool_la_SOURCES += src/tool/scale/stats.h src/tool/scale/stats.c src/tool/scale/drift.h src/tool/scale/drift.c \
	src/tool/scale/complete.h src/tool/scale/complete.c \
	src/tool/scale/fit.h src/tool/scale/fit.c src/tool/scale/fitted.h src/tool/scale/fitted.c \
	src/tool/scale/laws.h src/tool/scale/laws.c src/tool/scale/least.h src/tool/scale/least.c

# What nudge knows of the machine, for the program and its tests.
scale_environment_sources = \
	src/tool/scale/procfs.h src/tool/scale/procfs.c \
	src/tool/scale/cgroup.h src/tool/scale/cgroup.c \
	src/tool/scale/topology.h src/tool/scale/topology.c \
	src/tool/scale/environment.h src/tool/scale/environment.c src/tool/scale/environment_text.c \
	src/tool/scale/pinning.h src/tool/scale/pinning.c \
	src/tool/scale/watch.h src/tool/scale/watch.c src/tool/scale/judge.c
libnudgetool_la_SOURCES += $(scale_environment_sources)
nodist_libnudgetool_la_SOURCES = src/tool/scale/build.c

# How this program is compiled, without warnings' flags and without paths of the machine.
CLEANFILES += src/tool/scale/build.c
src/tool/scale/build.c: Makefile
	$(AM_V_GEN)$(MKDIR_P) src/scale && { \
	  echo '/* Made by make. */'; \
	  echo 'extern const char scale_build_command[], scale_build_flags[];'; \
	  printf '%s\n' '$(CC)' | sed -e 's/["\\]/\\&/g' \
	    -e 's/^/const char scale_build_command[] = "/' -e 's/$$/";/'; \
	  printf '%s\n' '$(AM_CFLAGS) $(CFLAGS)' | sed -e 's/ -W[a-z][^ ]*//g' \
	    -e 's/ -f[a-z]*-prefix-map=[^ ]*//g' -e 's/  */ /g' -e 's/["\\]/\\&/g' \
	    -e 's/^/const char scale_build_flags[] = "/' -e 's/ *$$/";/'; \
	} >$@.tmp && mv $@.tmp $@

# What "nudge scale --out" leaves; its tests build it too.
scale_output_sources = \
	src/tool/scale/output.h src/tool/scale/output.c \
	src/tool/scale/gnuplot_style.h src/tool/scale/gnuplot_style.c \
	src/tool/scale/look.h src/tool/scale/look.c \
	src/tool/scale/write.h src/tool/scale/write_csv.c src/tool/scale/write_json.c src/tool/scale/write_extrap.c \
	src/tool/scale/plots.h src/tool/scale/plots.c src/tool/scale/plot_parts.h src/tool/scale/plot_lines.h \
	src/tool/scale/plot_lines.c src/tool/scale/plot_estimates.c \
	src/tool/scale/plot_phases.c src/tool/scale/plot_roofline.c src/tool/scale/plot_loss.c \
	src/tool/scale/html.h src/tool/scale/html.c \
	src/tool/scale/html_parts.h src/tool/scale/html_report.c src/tool/scale/html_findings.c \
	src/tool/scale/html_tables.c
libnudgetool_la_SOURCES += $(scale_output_sources)
