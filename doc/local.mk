# nudge.1 and a page for each command, made from --help; a tarball carries them.
man_pages = doc/nudge.1 doc/nudge-train.1 doc/nudge-eval.1 doc/nudge-predict.1 doc/nudge-info.1 \
	doc/nudge-gen.1 doc/nudge-gradcheck.1 doc/nudge-bench.1 doc/nudge-plan.1 doc/nudge-scale.1 \
	doc/nudge-plot.1
dist_man_MANS = $(man_pages)

# They depend on the tool's sources, not on the program itself: a tarball's pages are newer than
# those, so that a user needs no help2man.
$(man_pages): $(libnudgetool_la_SOURCES) | nudge$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && HELP2MAN='$(HELP2MAN)' VERSION='$(VERSION)' \
	    $(SHELL) $(srcdir)/scripts/man-page ./nudge$(EXEEXT) $@

EXTRA_DIST += scripts/man-page scripts/bootstrap doc/performance.md doc/scaling.md
