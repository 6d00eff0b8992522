nudge_SOURCES += src/scale/scale.h src/scale/scale.c

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
