# tests of src/wire
if HAVE_CMOCKA
wire_tests = tests/unit/test_wire tests/unit/test_stream
check_PROGRAMS += $(wire_tests)
TESTS += $(wire_tests)
wire_test_libs = $(WIRE_LIB) $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(ZSTD_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c \
	tests/unit/wire_samples.h tests/unit/wire_samples.c
tests_unit_test_wire_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_wire_LDADD = $(wire_test_libs)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c
tests_unit_test_stream_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_stream_LDADD = $(wire_test_libs)
endif

if HAVE_CMOCKA
if HAVE_LIBCBOR
check_PROGRAMS += tests/unit/test_cbor
TESTS += tests/unit/test_cbor
tests_unit_test_cbor_SOURCES = tests/unit/test_cbor.c \
	tests/unit/wire_samples.h tests/unit/wire_samples.c
tests_unit_test_cbor_CFLAGS = $(UNIT_CFLAGS) $(CBOR_CFLAGS)
tests_unit_test_cbor_LDADD = $(wire_test_libs) $(CBOR_LIBS)
endif
endif
