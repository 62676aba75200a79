# cli: the program
bin_PROGRAMS += halligan
halligan_SOURCES = src/cli/main.c src/cli/cli.h src/cli/print.c \
	src/cli/ask.c src/cli/keys.c src/cli/progress.c src/cli/wait.c
halligan_LDADD = $(HALLIGAN_LIBS)
