libnudge_all_la_SOURCES += \
	src/export/c.c src/export/c_lines.h src/export/c_inputs.c src/export/c_outputs.c \
	src/export/c_main.c \
	src/export/constants.c \
	src/export/embedded.c \
	src/export/export.c \
	src/export/exported.h src/export/exported.c \
	src/export/html.c src/export/html_lines.h src/export/html_lines.c \
	src/export/javascript.c src/export/javascript_lines.h src/export/javascript_lines.c \
	src/export/json.c \
	src/export/known.h src/export/known.c \
	src/export/python.c src/export/python_lines.h \
	src/export/python_inputs.c src/export/python_outputs.c \
	src/export/writer.h src/export/writer.c
