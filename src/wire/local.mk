WIRE_LIB = src/wire/libwire.a
noinst_LIBRARIES += $(WIRE_LIB)
wire_common = src/wire/cbor.h src/wire/cbor.c src/wire/wire.h \
	src/wire/wire.c src/wire/records.h src/wire/records.c \
	src/wire/stream.h src/wire/stream.c
src_wire_libwire_a_SOURCES = $(wire_common) src/wire/change.c
