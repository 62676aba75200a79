# range: practice hosts
RANGE_LIB = src/range/librange.a
noinst_LIBRARIES += $(RANGE_LIB)
src_range_librange_a_SOURCES = src/range/range.h src/range/range.c \
	src/range/scenario.h src/range/scenario.c src/range/lay.c \
	src/range/process.h src/range/process.c \
	src/range/server.h src/range/server.c \
	src/range/marker.h src/range/marker.c
