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
 * alone while its placer lives; and as a container that shares the folder has
 * numbers of its own for whoever lives there, for a minute after it was last
 * written to, in which a placing ends that comes no nearer.
 *
 * The folders are in order of preference: memory, then disk. One will do when
 * it has room, as far as df can tell, and a file in it can be run: access(2)
 * looks at the mount's flags, but not each shell asks it (that of BusyBox does
 * not when it is root's), so where it is not one of those that do, the file is
 * run. One without #! is: the kernel refuses it only after it looked at the
 * flags, and the shell then reads it itself. The probe is written into that
 * same file.
 *
 * A connection that is cut where nobody tells has no end of input. What comes
 * no nearer for 40 seconds does not come: the slowest that may is 3 KiB/s, as
 * zstd(1) writes nothing before it has 128 KiB. Who watches is told to stop by
 * a signal that we have no trap for: one that finds him with our own traps
 * still, having only just begun, would be lost.
 *
 * What a host has to do for each of hundreds at once is programs to be
 * started, so there are as few of them as can be: newer kernels say themselves
 * what uname(1) does.
 */
static const char script_find[] =
	"umask 077\n"
	"set -C\n"
	"D= F= W= WHY= NAME=.$R-$SUM-$$\n"
	"calm() {\n"
	"  [ -z \"$W\" ] || { kill -USR1 $W; wait $W; } 2>/dev/null\n"
	"  W=\n"
	"}\n"
	"gone() {\n"
	"  calm\n"
	"  [ -z \"$F\" ] || rm -f \"$F\"\n"
	"}\n"
	"trap gone 0\n"
	"trap 'exit 1' 1 2 13 15\n"
	"room() {\n"
	"  k= was=\n"
	"  set -f\n"
	"  for e in $(df -Pk \"$1\" 2>/dev/null); do\n"
	"    case $e in\n"
	"    *%) case ${e%?}$was in *[!0-9]*) ;; *) k=$was ;; esac ;;\n"
	"    esac\n"
	"    was=$e\n"
	"  done\n"
	"  set +f\n"
	"  [ -z \"$k\" ] || [ \"$k\" -ge $KIB ]\n"
	"}\n"
	"runs() {\n"
	"  [ -x \"$F\" ] || return\n"
	"  [ -n \"${BASH_VERSION:-}\" ] || [ /proc/$$/exe -ef /bin/dash ] || \"$F\"\n"
	"} 2>/dev/null\n"
	"left() {\n"
	"  n=${1##*/.} r=${1##*/.} p=${1##*-}\n"
	"  r=${r%%-*}\n"
	"  case $r$p in *[!0-9a-f]*) return ;; esac\n"
	"  [ ${#r} -eq 32 ] && [ -f \"$1\" ] && [ ! -L \"$1\" ] &&\n"
	"    [ -O \"$1\" ] && ! kill -0 \"$p\" 2>/dev/null || return\n"
	"  c=$(echo \"$r\" | cksum 2>/dev/null)\n"
	"  [ -n \"$c\" ] && [ \"$n\" = \"$r-${c%% *}-$p\" ] &&\n"
	"    [ -n \"$(find \"$1\" -prune -mmin +1 2>/dev/null)\" ] &&\n"
	"    rm -f \"$1\" && echo \"$M left $1\"\n"
	"}\n"
	"clean() {\n"
	"  i=0\n"
	"  for f in \"$1\"/.????????????????????????????????[-]*-*; do\n"
	"    [ $i -lt 32 ] || break\n"
	"    i=$((i + 1))\n"
	"    left \"$f\"\n"
	"  done\n"
	"}\n"
	"for d in /dev/shm /run/user/ /tmp /var/tmp \"$HOME\"; do\n"
	"  [ \"$d\" != /run/user/ ] || d=$d$(id -u)\n"
	"  w='is no folder'\n"
	"  clean \"$d\"\n"
	"  [ -d \"$d\" ] && w='cannot be written' && [ -w \"$d\" ] &&\n"
	"    w='has no room' && room \"$d\" &&\n"
	"    w='cannot be written' && F=\"$d/$NAME\" &&\n"
	"    { echo exit 0 >\"$F\"; } 2>/dev/null &&\n"
	"    w='runs no programs (noexec)' &&\n"
	"    chmod 700 \"$F\" 2>/dev/null && runs && D=$d && break\n"
	"  [ -z \"$F\" ] || rm -f \"$F\" 2>/dev/null\n"
	"  F= WHY=\"$WHY${WHY:+, }$d $w\"\n"
	"done\n"
	"[ -n \"$D\" ] || { echo \"$M none $WHY\"; exit 1; }\n"
	"can() {\n"
	"  printf $2 >|\"$F\"\n"
	"  [ \"$($1 -dc <\"$F\" 2>/dev/null)\" = x ]\n"
	"}\n"
	"if can zstd '" ZST_X "'; then Z=zst\n"
	"elif can gzip '" GZ_X "'; then Z=gz\n"
	"else Z=raw; fi\n"
	"(\n"
	"  n=0 was=\n"
	"  trap 'kill $s; wait; exit' USR1\n"
	"  while [ $n -lt 20 ]; do\n"
	"    sleep 2 &\n"
	"    s=$!\n"
	"    wait $s && now=$(wc -c <\"$F\") || exit\n"
	"    [ \"$now\" != \"$was\" ] && n=0 was=$now || n=$((n + 1))\n"
	"  done\n"
	"  kill -15 0\n"
	") </dev/null >/dev/null 2>&1 &\n"
	"W=$!\n"
	"k=/proc/sys/kernel a=\n"
	"{ read -r o <$k/ostype && read -r a <$k/arch; } 2>/dev/null\n"
	"[ -n \"$a\" ] && a=\"$o $a\" || a=$(uname -sm)\n"
	"echo \"$M send $Z $a $D\"\n"
	"read -r N RAW SHA || exit 1\n";

/*
 * openssl(1) first: it uses what processors have for it, which sha256sum(1)
 * often does not; without what its configuration would have it load. What it
 * says may be no hash (it is old, or may not), and then the others are asked.
 * Where head(1) knows no -c it has read nothing when it says so.
 * An exec that fails ends bash without its trap, unless told to go on; ksh
 * cannot be told, so there the shell stays.
 */
static const char script_take[] =
	"fail() { gone; echo \"$M fail $*\"; exit 1; }\n"
	"take() { head -c $N || dd bs=1 count=$N; }\n"
	"unpack() {\n"
	"  case $Z in\n"
	"  zst) take | zstd -dc ;;\n"
	"  gz) take | gzip -dc ;;\n"
	"  *) take ;;\n"
	"  esac\n"
	"}\n"
	"unpack 2>/dev/null >|\"$F\" || fail cannot write or unpack $F\n"
	"calm\n"
	"h=\n"
	"! command -v openssl >/dev/null 2>&1 || {\n"
	"  h=$(OPENSSL_CONF=/dev/null openssl dgst -sha256 <\"$F\" 2>/dev/null)\n"
	"  h=${h##* }\n"
	"  [ ${#h} -eq 64 ] || h=\n"
	"}\n"
	"if [ \"$h\" = $SHA ]; then :\n"
	"elif command -v sha256sum >/dev/null 2>&1; then\n"
	"  h=$(sha256sum <\"$F\"); h=${h%% *}\n"
	"elif command -v shasum >/dev/null 2>&1; then\n"
	"  h=$(shasum -a 256 <\"$F\"); h=${h%% *}\n"
	"fi\n"
	"if [ \"$h\" = $SHA ]; then k=checked\n"
	"elif [ $(wc -c <\"$F\") -ne $RAW ]; then fail cut short: $F\n"
	"elif [ -n \"$h\" ]; then fail another hash than what was sent: $F\n"
	"else k=unchecked; fi\n"
	"echo \"$M run $k $F\"\n"
	"command -v shopt >/dev/null 2>&1 && shopt -s execfail\n"
	"[ -z \"${KSH_VERSION:-}\" ] || { \"$F\" --serve --unlink; exit; }\n"
	"exec \"$F\" --serve --unlink\n"
	"exit 126\n";

/* What cksum(1) says of the text and the newline behind it. */
static uint32_t cksum(const char *text)
{
	size_t n = strlen(text) + 1, len = n;
	uint32_t crc = 0;

	for (size_t i = 0; i < n || len; i++) {
		uint32_t byte = (uint8_t)(i + 1 < n ? text[i] : '\n');

		if (i >= n) { /* the length, its low byte first */
			byte = len & 0xff;
			len >>= 8;
		}
		crc ^= byte << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return ~crc;
}

void place_script(const char *nonce, const char *mark, uint64_t kib,
		  struct buf *script)
{
	(void)buf_addf(script, SCRIPT_BEGIN "R=%s SUM=%" PRIu32 "\nM='%s'\nKIB=%" PRIu64 "\n",
		       nonce, cksum(nonce), mark, kib);
	(void)buf_add_str(script, script_find);
	(void)buf_add_str(script, script_take);
	(void)buf_add_str(script, SCRIPT_END);
}
