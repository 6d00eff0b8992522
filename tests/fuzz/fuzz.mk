# make fuzz: the library and the readers in fuzz/, with clang, its sanitizers and libFuzzer; each
# reader goes on from the corpus, and from what it found before, for its share of SECONDS.
# tests/fuzz/local.mk passes srcdir, sources, numeric (compiled for each precision), flags, wraps
# and libs.
CLANG = clang
SECONDS = 600
# The readers by their dictionaries.
text = csv arff libsvm fann log
tensors = safetensors model weights checkpoint
arrays = idx npy npz file
networks = import
words = config synth number list
all = $(text) $(tensors) $(arrays) $(networks) $(words)
READERS = $(all)

share = $(shell expr $(SECONDS) / $(words $(READERS)))
dictionary = $(foreach d,text tensors arrays networks words,$(if $(filter $1,$($d)),\
	$(srcdir)/tests/fuzz/$d.dict))
# The library believes that it has 256 MB (fuzz.c).
export ASAN_OPTIONS = quarantine_size_mb=8:thread_local_quarantine_size_kb=64:malloc_context_size=8
limits = -entropic=0 -rss_limit_mb=1024 -malloc_limit_mb=400 -timeout=10 -max_len=8192

.PHONY: fuzz fuzz-merge
fuzz: $(READERS:%=run-%)
	@awk '{print; n += $$3} END {print "executions", "in all", n}' $(READERS:%=fuzz/%.runs)
run-%: fuzz/% | fuzz/corpus
	@mkdir -p fuzz/found fuzz/corpus/$*
	@echo "$*: $(share) s"
	@$< -dict=$(strip $(call dictionary,$*)) $(limits) -max_total_time=$(share) \
	    -print_final_stats=1 -artifact_prefix=fuzz/found/$*- fuzz/corpus/$* >fuzz/$*.log 2>&1 || \
	    { tail -n 40 fuzz/$*.log; exit 1; }
	@awk '/^stat::number_of_executed_units/ {print "executions", "$*", $$2}' fuzz/$*.log \
	    >fuzz/$*.runs
fuzz/corpus: $(srcdir)/tests/fuzz/corpus.tar.xz
	@mkdir -p $@ && tar -xf $< -C $@ && touch $@

# The smallest files that reach all places that those of fuzz/corpus reach, however often; all files
# of readers that are not among READERS.
fuzz-merge: $(READERS:%=merge-%)
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C fuzz/merged -c $(READERS) \
	    $(patsubst %,-C ../corpus %,$(filter-out $(READERS),$(all))) | \
	    xz -9e >$(srcdir)/tests/fuzz/corpus.tar.xz
merge-%: fuzz/% | fuzz/corpus
	@rm -rf fuzz/merged/$* && mkdir -p fuzz/merged/$*
	@$< -merge=1 -use_counters=0 $(limits) fuzz/merged/$* fuzz/corpus/$* \
	    >fuzz/$*.merge 2>&1 || { tail -n 40 fuzz/$*.merge; exit 1; }

# ---- The programs: one, which reads what its name says --------------------------------------
checks = -fsanitize=address,undefined -fno-sanitize-recover=undefined
compile = $(CLANG) -std=gnu11 -O2 -g -fno-math-errno -fopenmp-simd $(checks) -w -MMD -MP -c \
	-fsanitize=fuzzer-no-link $(flags) -UHAVE_TARGET_CLONES $(inside) -o $@ $<
inside = $(if $(filter fuzz/src/tool/% fuzz/tests/%,$@),,-DNUDGE_INSIDE)
objects = $(patsubst %.c,fuzz/%.o,$(filter %.c,$(sources))) \
	$(foreach n,32 64,$(patsubst %.c,fuzz/%.$n.o,$(filter %.c,$(numeric))))

$(READERS:%=fuzz/%): fuzz/program
	@ln -f $< $@
fuzz/program: $(objects)
	$(CLANG) $(checks) -fsanitize=fuzzer $(wraps) -o $@ $^ $(libs)
fuzz/%.32.o: $(srcdir)/%.c
	@mkdir -p $(@D) && $(compile) -DNU_REAL_BITS=32
fuzz/%.64.o: $(srcdir)/%.c
	@mkdir -p $(@D) && $(compile) -DNU_REAL_BITS=64
fuzz/%.o: $(srcdir)/%.c
	@mkdir -p $(@D) && $(compile)
fuzz/%.o: %.c # made by the build
	@mkdir -p $(@D) && $(compile)
-include $(objects:.o=.d)
