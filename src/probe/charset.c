/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked with --wrap=nl_langinfo: libarchive turns names that say to be UTF-8
 * into the locale's, and a static program's locale is ASCII. Told that it is
 * UTF-8 it leaves them as they are, and iconv(3), which would look for modules
 * on the host, alone.
 */
#include "base/base.h"

#include <langinfo.h>

char *__wrap_nl_langinfo(nl_item item);
char *__real_nl_langinfo(nl_item item);

char *__wrap_nl_langinfo(nl_item item)
{
	static char utf8[] = "UTF-8";

	return item == CODESET ? utf8 : __real_nl_langinfo(item);
}
