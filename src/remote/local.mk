REMOTE_LIB = src/remote/libremote.a
noinst_LIBRARIES += $(REMOTE_LIB)
src_remote_libremote_a_SOURCES = src/remote/msg.h src/remote/msg.c \
	src/remote/remote.h src/remote/target.c \
	src/remote/known_hosts.c src/remote/connect.c src/remote/proxy.c \
	src/remote/ssh_line.h src/remote/ssh_line.c \
	src/remote/ssh_config.h src/remote/ssh_config.c \
	src/remote/ssh_pass.h src/remote/ssh_match.c \
	src/remote/ssh_values.c src/remote/reach.h src/remote/reach.c \
	src/remote/agent.h src/remote/agent.c \
	src/remote/tool.h src/remote/tool.c \
	src/remote/keyfile.h src/remote/keyfile.c \
	src/remote/lockbox.h src/remote/lockbox.c src/remote/keyring.c \
	src/remote/link.h src/remote/link.c src/remote/session.c src/remote/hop.c \
	src/remote/kexinit.h src/remote/kexinit.c \
	src/remote/memory.c src/remote/auth.c src/remote/escalate.h src/remote/escalate.c \
	src/remote/place.c src/remote/place_script.h \
	src/remote/place_script.c src/remote/relay.c src/remote/shell.c \
	src/remote/unpack.h src/remote/unpack.c \
	src/remote/given.h src/remote/given.c \
	src/remote/given_inside.h src/remote/given_archive.c \
	src/remote/members.h src/remote/members.c \
	src/remote/teller.h src/remote/teller.c \
	src/remote/items.h src/remote/items.c \
	src/remote/unfold.h src/remote/unfold.c \
	src/remote/bundle.c src/remote/local.c
src_remote_libremote_a_CFLAGS = $(AM_CFLAGS) $(SSH2_CFLAGS) $(ARCHIVE_CFLAGS)
