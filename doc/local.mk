# nudge.1 and a page for each command, made from --help; a tarball carries them.
man_pages = doc/nudge.1 doc/nudge-train.1 doc/nudge-eval.1 doc/nudge-predict.1 doc/nudge-info.1 \
	doc/nudge-gen.1 doc/nudge-gradcheck.1
dist_man_MANS = $(man_pages)

$(man_pages): nudge$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && HELP2MAN='$(HELP2MAN)' VERSION='$(VERSION)' \
	    $(SHELL) $(srcdir)/scripts/man-page ./nudge$(EXEEXT) $@

EXTRA_DIST += scripts/man-page scripts/bootstrap
