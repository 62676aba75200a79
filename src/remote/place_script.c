/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's shell does to place the probe; remote/place.c answers. */
#include "base/base.h"

#include "remote/place_script.h"

/* "x", packed, for printf(1). */
#define ZST_X \
	"\\050\\265\\057\\375\\000" \
	"\\130\\021\\000\\000\\170\\012"
#define GZ_X \
	"\\037\\213\\010\\000\\000\\000\\000\\000\\000\\003\\253" \
	"\\340\\002\\000\\037\\010\\352\\106\\002\\000\\000\\000"

/*
 * Whatever happens, the file goes: at the end of input (the connection was
 * cut), on a signal, on the first thing that is not right. An exec that works
 * runs no trap; the probe then unlinks itself.
 *
 * Only SIGKILL, and the end of the machine, leave it there. So that whoever
 * comes next knows it for ours and takes it away, its name says who placed it
 * (`left`), and has a checksum that no other file's has by chance. It is left
 * alone while its placer lives.
 *
 * The folders are in order of preference: memory, then disk. One will do when
 * it has room, as far as df can tell, and a file in it can be run (a file
 * without #! is: the kernel refuses it only after it looked at the mount's
 * flags, and the shell then reads it itself).
 */
static const char script_find[] =
	"umask 077\n"
	"set -C\n"
	"D= F= WHY=\n"
	"sum() { s=$(echo \"$1\" | cksum 2>/dev/null); echo \"${s%% *}\"; }\n"
	"NAME=.$R-$(sum $R)-$$\n"
	"gone() { [ -z \"$F\" ] || rm -f \"$F\"; }\n"
	"trap gone 0\n"
	"trap 'exit 1' 1 2 13 15\n"
	"room() {\n"
	"  k=$(df -Pk \"$1\" 2>/dev/null |\n"
	"    sed -n '2s/.* \\([0-9]\\{1,\\}\\) \\{1,\\}[0-9]\\{1,\\}%.*/\\1/p' \\\n"
	"    2>/dev/null)\n"
	"  [ -z \"$k\" ] || [ \"$k\" -ge $KIB ]\n"
	"}\n"
	"left() {\n"
	"  n=${1##*/.} r=${1##*/.} p=${1##*-}\n"
	"  r=${r%%-*}\n"
	"  case $r$p in *[!0-9a-f]*) return ;; esac\n"
	"  [ ${#r} -eq 32 ] && [ -f \"$1\" ] && [ ! -L \"$1\" ] &&\n"
	"    [ -O \"$1\" ] || return\n"
	"  c=$(sum $r)\n"
	"  [ -n \"$c\" ] && [ \"$n\" = \"$r-$c-$p\" ] || return\n"
	"  kill -0 \"$p\" 2>/dev/null || { rm -f \"$1\" && echo \"$M left $1\"; }\n"
	"}\n"
	"clean() {\n"
	"  i=0\n"
	"  for f in \"$1\"/.????????????????????????????????[-]*-*; do\n"
	"    [ $i -lt 32 ] || break\n"
	"    i=$((i + 1))\n"
	"    left \"$f\"\n"
	"  done\n"
	"}\n"
	"for d in /dev/shm \"/run/user/$(id -u)\" /tmp /var/tmp \"$HOME\"; do\n"
	"  w='is no folder'\n"
	"  clean \"$d\"\n"
	"  [ -d \"$d\" ] && w='cannot be written' && [ -w \"$d\" ] &&\n"
	"    w='has no room' && room \"$d\" &&\n"
	"    w='cannot be written' && F=\"$d/$NAME\" &&\n"
	"    (echo exit 0 >\"$F\") 2>/dev/null &&\n"
	"    w='runs no programs (noexec)' &&\n"
	"    chmod 700 \"$F\" 2>/dev/null && \"$F\" 2>/dev/null && D=$d\n"
	"  [ -z \"$F\" ] || rm -f \"$F\" 2>/dev/null\n"
	"  [ -z \"$D\" ] || break\n"
	"  F= WHY=\"$WHY${WHY:+, }$d $w\"\n"
	"done\n"
	"[ -n \"$D\" ] || { echo \"$M none $WHY\"; exit 1; }\n"
	"can() { [ \"$(printf $2 | $1 -dc 2>/dev/null)\" = x ]; }\n"
	"if can zstd '" ZST_X "'; then Z=zst\n"
	"elif can gzip '" GZ_X "'; then Z=gz\n"
	"else Z=raw; fi\n"
	"echo \"$M send $Z $(uname -sm) $D\"\n"
	"read -r N RAW SHA || exit 1\n";

/* An exec that fails ends bash without its trap, unless told to go on; ksh
 * cannot be told, so there the shell stays. */
static const char script_take[] =
	"fail() { gone; echo \"$M fail $*\"; exit 1; }\n"
	"take() {\n"
	"  if [ \"$(echo x | head -c 1 2>/dev/null)\" = x ]; then head -c $1\n"
	"  else dd bs=1 count=$1 2>/dev/null; fi\n"
	"}\n"
	"unpack() {\n"
	"  case $Z in\n"
	"  zst) take $N | zstd -dc ;;\n"
	"  gz) take $N | gzip -dc ;;\n"
	"  *) take $N ;;\n"
	"  esac\n"
	"}\n"
	"unpack 2>/dev/null >\"$F\" || fail cannot write or unpack $F\n"
	"[ $(wc -c <\"$F\") -eq $RAW ] || fail cut short: $F\n"
	"if command -v sha256sum >/dev/null 2>&1; then\n"
	"  h=$(sha256sum <\"$F\"); h=${h%% *}\n"
	"elif command -v shasum >/dev/null 2>&1; then\n"
	"  h=$(shasum -a 256 <\"$F\"); h=${h%% *}\n"
	"elif command -v openssl >/dev/null 2>&1; then\n"
	"  h=$(openssl dgst -sha256 <\"$F\"); h=${h##* }\n"
	"else h=; fi\n"
	"case $h in\n"
	"'') k=unchecked ;;\n"
	"$SHA) k=checked ;;\n"
	"*) fail another hash than what was sent: $F ;;\n"
	"esac\n"
	"chmod 700 \"$F\" || fail cannot make $F runnable\n"
	"echo \"$M run $k $F\"\n"
	"command -v shopt >/dev/null 2>&1 && shopt -s execfail\n"
	"[ -z \"${KSH_VERSION:-}\" ] || { \"$F\" --serve --unlink; exit; }\n"
	"exec \"$F\" --serve --unlink\n"
	"exit 126\n";

void place_script(const char *nonce, const char *mark, uint64_t kib,
		  struct buf *script)
{
	(void)buf_addf(script, "R=%s\nM='%s'\nKIB=%" PRIu64 "\n", nonce,
		       mark, kib);
	(void)buf_add_str(script, script_find);
	(void)buf_add_str(script, script_take);
}
