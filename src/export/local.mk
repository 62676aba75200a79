# export
EXPORT_LIB = src/export/libexport.a
noinst_LIBRARIES += $(EXPORT_LIB)
src_export_libexport_a_SOURCES = src/export/export.h src/export/export.c \
	src/export/outfile.h src/export/outfile.c src/export/csv.c \
	src/export/jsonl.c src/export/bodyfile.c
