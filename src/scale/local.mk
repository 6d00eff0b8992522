nudge_SOURCES += src/scale/scale.h src/scale/scale.c
nudge_SOURCES += src/scale/setup.h src/scale/setup.c src/scale/points.c \
	src/scale/prepare.h src/scale/prepare.c src/scale/work.h src/scale/work.c \
	src/scale/once.h src/scale/once.c src/scale/run.h src/scale/run.c \
	src/scale/pulse.h src/scale/pulse.c src/scale/rates.h src/scale/rates.c \
	src/scale/weights.h src/scale/weights.c src/scale/live.h src/scale/live.c \
	src/scale/report_text.h src/scale/report_text.c \
	src/scale/report_models.h src/scale/report_models.c
nudge_SOURCES += src/scale/stats.h src/scale/stats.c src/scale/drift.h src/scale/drift.c \
	src/scale/complete.h src/scale/complete.c \
	src/scale/fit.h src/scale/fit.c src/scale/fitted.h src/scale/fitted.c \
	src/scale/laws.h src/scale/laws.c src/scale/least.h src/scale/least.c

# What nudge knows of the machine, for the program and its tests.
scale_environment_sources = \
	src/scale/procfs.h src/scale/procfs.c \
	src/scale/cgroup.h src/scale/cgroup.c \
	src/scale/topology.h src/scale/topology.c \
	src/scale/environment.h src/scale/environment.c src/scale/environment_text.c \
	src/scale/pinning.h src/scale/pinning.c \
	src/scale/watch.h src/scale/watch.c src/scale/judge.c
nudge_SOURCES += $(scale_environment_sources)
nodist_nudge_SOURCES = src/scale/build.c

# How this program is compiled, without warnings' flags and without paths of the machine.
CLEANFILES += src/scale/build.c
src/scale/build.c: Makefile
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
	src/scale/output.h src/scale/output.c \
	src/scale/look.h src/scale/look.c \
	src/scale/write.h src/scale/write_csv.c src/scale/write_json.c src/scale/write_extrap.c \
	src/scale/plots.h src/scale/plots.c src/scale/plot_parts.h src/scale/plot_lines.h \
	src/scale/plot_lines.c src/scale/plot_estimates.c \
	src/scale/plot_phases.c src/scale/plot_roofline.c src/scale/plot_loss.c \
	src/scale/html.h src/scale/html.c \
	src/scale/html_parts.h src/scale/html_report.c src/scale/html_findings.c \
	src/scale/html_tables.c
nudge_SOURCES += $(scale_output_sources)
