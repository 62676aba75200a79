BASE_LIB = src/base/libbase.a
noinst_LIBRARIES += $(BASE_LIB)
base_common = src/base/base.h src/base/base.c src/base/err.h src/base/err.c \
	src/base/bytes.h src/base/bytes.c src/base/buf.h src/base/buf.c \
	src/base/text.h src/base/text.c \
	src/base/unicode.h src/base/unicode.c src/base/time.h src/base/time.c \
	src/base/hash.h src/base/hash.c src/base/hex.c src/base/fs.h src/base/fs.c \
	src/base/wait.h src/base/wait.c src/base/chan.h src/base/chan.c \
	src/base/json.h src/base/json.c src/base/glob.h src/base/glob.c \
	src/base/pathset.h src/base/pathset.c \
	src/base/nameset.h src/base/nameset.c \
	src/base/rotated.h src/base/rotated.c
base_common += src/base/regex.h src/base/regex.c src/base/regex_tree.h \
	src/base/regex_tree.c src/base/regex_set.c \
	src/base/age.h src/base/age.c src/base/bech32.h src/base/bech32.c
src_base_libbase_a_SOURCES = $(base_common) \
	src/base/log.h src/base/log.c src/base/mailbox.h src/base/mailbox.c \
	src/base/uuid.h src/base/uuid.c \
	src/base/datadir.h src/base/datadir.c \
	src/base/secret.h src/base/secret.c \
	src/base/warm.h src/base/warm.c \
	src/base/keystream.h src/base/keystream.c \
	src/base/zygote.h src/base/zygote.c \
	src/base/jail.h src/base/jail.c
src_base_libbase_a_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
