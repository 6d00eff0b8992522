# nudge.1 and a page for each command, made from the same tables as --help; a tarball carries them.
man_pages = doc/nudge.1 doc/nudge-train.1 doc/nudge-eval.1 doc/nudge-predict.1 doc/nudge-info.1 \
	doc/nudge-gen.1 doc/nudge-convert.1 doc/nudge-export.1 doc/nudge-import.1 \
	doc/nudge-gradcheck.1 doc/nudge-bench.1 doc/nudge-plan.1 \
	doc/nudge-scale.1 doc/nudge-plot.1
dist_man_MANS = $(man_pages)

# They depend on the tool's sources, not on the program itself, so that a tarball's are new enough.
$(man_pages): $(libnudgetool_a_SOURCES) src/tool/main.c | nudge$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && page=`basename $@ .1` && page=$${page#nudge} && \
	    ./nudge$(EXEEXT) help --man $${page#-} >$@.part && mv $@.part $@

EXTRA_DIST += scripts/bootstrap doc/coming-from.md doc/data.md doc/engine.md doc/export.md \
	doc/import.md doc/performance.md doc/scaling.md doc/tables-read.md doc/tables.md \
	doc/testing.md
