/* SPDX-License-Identifier: Apache-2.0 */
/* halligan-probe: the static program that runs on the host. */
#include "base/base.h"
#include "base/text.h"
#include "probe/alone.h"
#include "probe/rules.h"
#include "probe/serve.h"

/* Its files come over the descriptor behind standard error. */
static int feed(int argc, char **argv UNUSED)
{
	if (argc == 1)
		serve_feed(STDERR_FILENO + 1);
	fputs("halligan-probe: --feed takes nothing\n", stderr);
	return 2;
}

static int version(int argc UNUSED, char **argv UNUSED)
{
	printf("halligan-probe %s (%s)\n", PACKAGE_VERSION, rules_engine());
	return 0;
}

static int help(int argc, char **argv);

static const struct mode {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *help;
} modes[] = {
	{"hunt", alone_main, "scan files with YARA rules into a bundle"},
	{"collect", alone_main, "take files into a bundle"},
	{"walk", alone_main, "list files into a bundle"},
	{"triage", alone_main, "tell the live picture of the host into a bundle"},
	{"--serve", serve_mode, "talk to a console over stdin and stdout"},
	{"--feed", feed, "the same, of the files a host's shell tells of"},
	{"--version", version, "print versions"},
	{"--help", help, "print this"},
};

static int help(int argc UNUSED, char **argv UNUSED)
{
	puts("usage: halligan-probe MODE [OPTION]...\n\nmodes:");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		printf("  %-12s %s\n", modes[i].name, modes[i].help);
	puts("\noptions of hunt, collect, walk and triage:");
	for (size_t i = 0; i < n_alone_options; i++) {
		const struct alone_option *o = &alone_options[i];

		printf("  --%-12s %-8s %s\n", o->name, o->value ? o->value : "",
		       o->help);
	}
	return 0;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].main(argc - 1, argv + 1);
	}
	fprintf(stderr, "halligan-probe: %s; see halligan-probe --help\n",
		argc > 1 ? shown_str(argv[1]).s : "no mode given");
	return 2;
}
