# Small things that library and tool both need. No status codes, no messages: core and tool add those.
libcommon_la_SOURCES = \
	src/common/atomic_file.h src/common/atomic_file.c \
	src/common/csv_quote.h src/common/csv_quote.c \
	src/common/date.h src/common/date.c \
	src/common/json_dump.h \
	src/common/quantiles.h src/common/quantiles.c \
	src/common/real_text.h src/common/real_text.c \
	src/common/signals.h src/common/signals.c \
	src/common/spell.h src/common/spell.c \
	src/common/temporary.h src/common/temporary.c \
	src/common/text.h src/common/text.c \
	src/common/whole.h src/common/whole.c
