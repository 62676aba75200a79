/* SPDX-License-Identifier: Apache-2.0 */
/* The probe that is sent where nothing is to be scanned. */
#include "base/base.h"
#include "probe/rules.h"
#include "probe/serve.h"

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--serve") == 0)
		return serve_mode(argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("halligan-probe %s (%s)\n", PACKAGE_VERSION,
		       rules_engine());
		return 0;
	}
	fputs("halligan-probe: this one is for a console of halligan alone, "
	      "and does not scan: it takes --serve or --version\n",
	      stderr);
	return 2;
}
