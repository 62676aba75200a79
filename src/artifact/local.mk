# artifact: definitions of what is worth taking from a host
ARTIFACT_LIB = src/artifact/libartifact.a
noinst_LIBRARIES += $(ARTIFACT_LIB)
src_artifact_libartifact_a_SOURCES = \
	src/artifact/artifact.h \
	src/artifact/inside.h \
	src/artifact/yaml.h \
	src/artifact/yaml.c \
	src/artifact/set.c \
	src/artifact/paths.c \
	src/artifact/fa.c \
	src/artifact/uac.h \
	src/artifact/uac.c \
	src/artifact/uac_paths.c \
	src/artifact/overlay.c \
	src/artifact/load.c \
	src/artifact/expand.c
src_artifact_libartifact_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS)
