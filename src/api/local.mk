libnudge_all_la_SOURCES += src/api/sized.c
