# Readers and what fuzzing found of them: the corpus in make check, and fuzzing itself, with clang:
#   make fuzz SECONDS=600
fuzz_sources = tests/fuzz/fuzz.h tests/fuzz/fuzz.c tests/fuzz/tables.c tests/fuzz/models.c \
	tests/fuzz/texts.c
fuzz_wraps = -Wl,--wrap=exit -Wl,--wrap=nu_cgroup_limits -Wl,--wrap=XXH64_digest
check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c $(fuzz_sources)
tests_fuzz_replay_LDFLAGS = $(AM_LDFLAGS) $(fuzz_wraps)
TESTS += tests/fuzz/replay.sh

EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/fuzz.mk tests/fuzz/corpus.tar.xz \
	tests/fuzz/text.dict tests/fuzz/tensors.dict tests/fuzz/arrays.dict tests/fuzz/networks.dict \
	tests/fuzz/words.dict

# fuzz-merge makes a new corpus.tar.xz of what was found.
.PHONY: fuzz fuzz-merge
fuzz fuzz-merge: $(BUILT_SOURCES)
	@$(MAKE) -f '$(srcdir)/tests/fuzz/fuzz.mk' $@ srcdir='$(srcdir)' wraps='$(fuzz_wraps)' \
	    sources='$(fuzz_sources) $(libcommon_la_SOURCES) $(libnudge_all_la_SOURCES) \
	        $(nodist_libnudge_all_la_SOURCES) \
	        $(filter src/tool/support/% src/tool/plot/%,$(libnudgetool_a_SOURCES))' \
	    numeric='$(numeric_sources)' flags='$(DEFS) $(AM_CPPFLAGS)' \
	    libs='$(filter-out $(OPENMP_CFLAGS),$(library_libs)) $(POPT_LIBS) $(HWLOC_LIBS)'
clean-local:
	rm -rf fuzz
