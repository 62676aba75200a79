REMOTE_LIB = src/remote/libremote.a
noinst_LIBRARIES += $(REMOTE_LIB)
src_remote_libremote_a_SOURCES = src/remote/msg.h src/remote/msg.c \
	src/remote/remote.h src/remote/target.c
src_remote_libremote_a_CFLAGS = $(AM_CFLAGS) $(SSH2_CFLAGS)
