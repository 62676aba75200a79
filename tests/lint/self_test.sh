#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lint scripts themselves: a small tree without fault passes, and each
# fault put into it is found, in the file and line it is in.
set -u
lint=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tab=$(printf '\t')
failed=0

# A tree that keeps all rules.
make_tree()
{
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/src/base" "$tmp/tree/src/top" "$tmp/tree/rules" \
		"$tmp/tree/man" "$tmp/tree/tests"
	cd "$tmp/tree" || exit 1
	printf 'base:\ntop: base\n\nheader zlib.h: base\n' >src/LAYERS
	cat >src/base/base.h <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* A base. */
#ifndef HALLIGAN_BASE_BASE_H
#define HALLIGAN_BASE_BASE_H
#define strcpy(a, b) BANNED(strcpy)
#endif
END
	cat >src/top/top.c <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* A top, which does not call strcpy(a, b) here. */
#include "base/base.h"

static int top(int a, int (*each)(int x, int y), int b)
{
	return each(a, b) + (int)sizeof "strcpy(a, b)";
}
END
	printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n' >tests/t.sh
	echo 'x = src/LAYERS src/base/base.h src/top/top.c tests/t.sh' \
		>Makefile.am
	cp src/top/top.c "$tmp/top.c"
}

# expect STATUS SCRIPT WHAT [LINE-IT-PRINTS]
expect()
{
	out=$(sh "$lint/$2" "$tmp/tree" 2>/dev/null)
	status=$?
	case $status:$out in
	"$1":*"${4:-}"*) ;;
	*)
		failed=1
		echo "FAILED: $3: $2 exits $status and prints: $out" ;;
	esac
}

# fault SCRIPT WHAT LINE-IT-PRINTS, with the new end of top.c on stdin.
fault()
{
	cat "$tmp/top.c" - >src/top/top.c
	expect 1 "$1" "$2" "$3"
	cp "$tmp/top.c" src/top/top.c
}

lines_of()
{
	awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) print s }'
}

make_tree
for script in layers source calls functions listed; do
	expect 0 $script.sh "a tree without fault"
done

echo '#include "top/x.h"' >>src/base/base.h
expect 1 layers.sh "an include upward" "base.h:7: base may not include top"
make_tree
fault layers.sh "a header of another room" "top.c:9: <zlib.h> is for base" <<'E'
#include <zlib.h>
E
mkdir src/attic && cp src/top/top.c src/attic/
expect 1 layers.sh "a room nobody knows" "does not know attic"
make_tree

fault source.sh "a wide line" "top.c:9: 10" <<E
$(awk 'BEGIN { while (n++ < 101) printf "x" }')
E
fault source.sh "tabs make it wide" "top.c:9: 106 columns" <<E
$(lines_of 13 "$tab" | tr -d '\n')aa
E
fault source.sh "a bidi override" "top.c:9: control" <<E
/* $(printf '\342\200\256') */
E
fault source.sh "an escape" "top.c:9: control" <<E
/* $(printf '\033') */
E
fault source.sh "a blank at the end" "top.c:9: blank" <<E
int x;$tab
E
fault source.sh "a long file" "top.c:809: over 800" <<E
$(lines_of 801 '/* */')
E
sed 1d "$tmp/top.c" >src/top/top.c
expect 1 source.sh "no licence line" "top.c:1: no SPDX"
sed 2d "$tmp/top.c" >src/top/top.c
expect 1 source.sh "no word on its purpose" "top.c:2: says not"
sed 's/^#include.*/#include <stdio.h>/' "$tmp/top.c" >src/top/top.c
expect 1 source.sh "another header first" "top.c:3: base/base.h comes first"
make_tree
sed -i 's/BASE_BASE_H/BASE_H/' src/base/base.h
expect 1 source.sh "another guard" "no guard HALLIGAN_BASE_BASE_H"
make_tree
echo '#!/bin/sh' >tests/t.sh
expect 1 source.sh "a script without licence line" "tests/t.sh:1: no SPDX"
make_tree

fault calls.sh "a banned call" "top.c:9: strcpy() is banned" <<'E'
int a = strcpy (b, c);
E
fault calls.sh "a sleep" "top.c:9: usleep() is banned" <<'E'
int a = usleep(1);
E
fault calls.sh "a shell between" "top.c:9: a shell between" <<'E'
const char *argv[] = {"sh", "-c", x};
E
echo 'sleep 1' >>tests/t.sh
expect 1 calls.sh "a sleep in a script" "tests/t.sh:3: sleeps"
make_tree

fault functions.sh "a long function" "top.c:10: long_one has 61 lines" <<E
int long_one(void)
{
$(lines_of 61 "$tab;")
}
E
fault functions.sh "many parameters" "top.c:11: many has 7 parameters" <<'E'
int many(int a, int b, int c, int (*d)(int x, int y),
	 int e, int f, int g)
{
}
E
echo 'int x;' >src/top/new.c
expect 1 listed.sh "a file in no list" "src/top/new.c:1"

exit $failed
