libnudge_all_la_SOURCES += \
	src/import/chain.h src/import/chain.c \
	src/import/fann_net.c \
	src/import/import.c \
	src/import/imported.h src/import/imported.c
