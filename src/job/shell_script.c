/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script that stands in for a probe where none can run: it walks with
 * find(1) and tells of every file, and of the content of those that may be
 * wanted, in the frames that probe/feed.h describes. It writes nothing there
 * but what it says. What it leaves to the console is judged there; what it
 * leaves out here (by size, time, owner, path) spares the way.
 *
 * Names never meet a line: they end with a zero byte. Lines about files
 * (stat(1), or ls(1) made to look like it) hold no names. Content is padded
 * to what was said, whatever becomes of the file meanwhile: by dd(1) one file
 * by one, or many small ones at once, which are sent again one by one when any
 * of them was not the same before and after.
 *
 * It ends when its standard input does, or has been silent for ten seconds.
 */
#include "base/base.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "job/shell_patterns.h"
#include "job/shell_script.h"
#include "model/fstype.h"
#include "model/kernel_setting.h"
#include "wire/records.h"

/* 2262: times behind it are none to us, and pass filters as such. */
#define LAST_S "9223372035"
#define ARGS_MAX ((size_t)64 << 10)
#define SCAN_MAX ((uint64_t)1 << 30)

/* Of some files: $0 says whether their content is wanted. */
static const char script_begin[] = "G='\n";
static const char script_group[] =
	"exec 2>/dev/null 3>&1\n"
	"case $K in\n"
	"ns|s)\n"
	"  st() { stat $FL -c \"$T\" \"$@\"; }\n"
	"  still() { stat $FL -c \"$U\" \"$@\"; } ;;\n"
	"bsd)\n"
	"  st() { stat $FL -f \"$T\" \"$@\"; }\n"
	"  still() { stat $FL -f \"$U\" \"$@\"; } ;;\n"
	"*)\n"
	"  line() {\n"
	"    case $6 in\n"
	"    *,) set -- \"$1\" \"$2\" \"$3\" \"$4\" \"$5\" 0 \"$8\" \"$9\" \"${10}\" ;;\n"
	"    esac\n"
	"    echo \"$2 $6 - $3 $4 $5 0 $1 - $7/$8/$9 - -\"\n"
	"  }\n"
	"  st() {\n"
	"    for e; do\n"
	"      l=$(ls $FL -ldin \"$e\") || return 1\n"
	"      line $l\n"
	"    done\n"
	"  }\n"
	"  still() { st \"$@\"; } ;;\n"
	"esac\n"
	"set -f\n"
	"printf \"F%s %d\\0\" \"$0\" $#\n"
	"printf \"%s\\0\" \"$@\"\n"
	"m=$(st \"$@\") || {\n"
	"  m=\n"
	"  for f; do\n"
	"    l=$(st \"$f\") || l=-\n"
	"    m=\"$m$l\n"
	"\"\n"
	"  done\n"
	"}\n"
	"printf \"%s\\0\" \"$m\"\n"
	/* What was had before the cut is not sent again: P3 lives until the last
	 * of it was met. One that was killed is gone once it was waited for. */
	"W=$0 Y=\n"
	"[ -z \"$P3\" ] || ! kill -0 \"$P3\" || W=0 Y=1\n"
	"met() {\n"
	"  W=$0 Y= n=0\n"
	"  kill \"$P3\"\n"
	"  while kill -0 \"$P3\"; do\n"
	"    n=$((n + 1))\n"
	"    [ $n -le 10 ] || kill -15 0\n"
	"    sleep 1\n"
	"  done\n"
	"}\n"
	"i=0 k=0 t=0 ids= refs= pre=\n"
	"judge() {\n"
	"  q=\n"
	"  case $a in\n"
	"  end) q=e; return ;;\n"
	"  4*|d*) [ -r \"$f\" ] && [ -x \"$f\" ] || q=p; return ;;\n"
	"  [aA]*|l*)\n"
	"    case $LK$f in 1*/systemd/*) q=k ;; esac\n"
	"    return ;;\n"
	"  8*|-?*) ;;\n"
	"  *) return ;;\n"
	"  esac\n"
	"  secret && return\n"
	"  [ \"$W\" = 1 ] && [ \"$z\" -gt 0 ] && [ \"$z\" -ge \"$MIN\" ] &&\n"
	"    [ \"$z\" -le \"$MAX\" ] || return\n"
	"  [ -z \"$OWNER\" ] || [ \"$u\" = \"$OWNER\" ] || return\n"
	"  case $y in\n"
	"  *[!0-9.]*|\"\") ;;\n"
	"  *)\n"
	"    [ \"${y%%.*}\" -gt " LAST_S " ] || {\n"
	"      [ \"${y%%.*}\" -ge \"$FROM\" ] && [ \"${y%%.*}\" -le \"$UNTIL\" ]\n"
	"    } || return ;;\n"
	"  esac\n"
	"  [ \"$z\" -lt 268435456 ] || [ \"$b\" = - ] ||\n"
	"    [ \"$b\" -ge $((z / 2048)) ] || return\n"
	"  if [ ! -f \"$f\" ] || { [ -z \"$FL\" ] && [ -h \"$f\" ]; }; then q=v\n"
	"  elif [ ! -r \"$f\" ]; then q=p\n"
	"  elif [ -n \"$HC\" ] && [ \"$z\" -le 131072 ]; then q=s\n"
	"  else q=l; fi\n"
	"}\n"
	"send() {\n"
	"  B=$2 N=1\n"
	"  [ \"$2\" -le 262144 ] || { B=262144 N=$((($2 + 262143) / 262144)); }\n"
	"  printf \"C%d \\0\" $1\n"
	"  r=$(dd if=\"$f\" bs=$B count=$N conv=sync 2>&1 >&3)\n"
	"  n=0 w=-\n"
	"  s=${r%%\" records in\"*}\n"
	"  if [ \"$s\" != \"$r\" ]; then\n"
	"    s=${s##*[!0-9+]}\n"
	"    n=$((${s%+*} + ${s#*+}))\n"
	"    case $r in *rror*) w=i ;; esac\n"
	"  else\n"
	"    case $r in *enied*) w=p ;; *) w=v ;; esac\n"
	"  fi\n"
	"  [ $n -ge $N ] || dd if=/dev/zero bs=$B count=$((N - n))\n"
	"  printf \"D%d %d %s %s\\0\" $1 $n $w \"$(st \"$f\")\"\n"
	"}\n"
	"printf \"%s\\nend\\n\" \"$m\" | while read -r a z b h u g d o x y c w; do\n"
	"  i=$((i + 1))\n"
	"  eval \"f=\\${$i-}\"\n"
	"  judge\n"
	"  [ -z \"$Y\" ] || [ \"$f\" != \"$SK\" ] || met\n"
	"  case $q in\n"
	"  \"\") continue ;;\n"
	"  s)\n"
	"    k=$((k + 1)) t=$((t + z)) ids=\"$ids $i:$z\"\n"
	"    refs=\"$refs \\\"\\${$i}\\\"\"\n"
	"    pre=\"$pre$a $z $b $h $u $g $d $o - $y $c $w\n"
	"\"\n"
	"    [ $k -ge 64 ] || [ $t -ge 1048576 ] || continue ;;\n"
	"  esac\n"
	"  if [ $k -gt 0 ]; then\n"
	"    printf \"B%d%s\\0\" $k \"$ids\"\n"
	"    s=$({\n"
	"      { eval \"cat $refs\"; echo $? >&4; cat /dev/zero; } | head -c $t >&3\n"
	"    } 4>&1)\n"
	"    l=$(eval \"still $refs\")\n"
	"    if [ \"$s\" = 0 ] && [ \"$l\n"
	"\" = \"$pre\" ]; then\n"
	"      printf \"E-\\0\"\n"
	"    else\n"
	"      printf \"Ex\\0\"\n"
	"      for e in $ids; do\n"
	"        eval \"f=\\${${e%:*}}\"\n"
	"        send ${e%:*} ${e#*:}\n"
	"      done\n"
	"      eval \"f=\\${$i-}\"\n"
	"    fi\n"
	"    k=0 t=0 ids= refs= pre=\n"
	"  fi\n"
	"  case $q in\n"
	"  l) send $i \"$z\" ;;\n"
	"  v|p) printf \"V%d %s\\0\" $i $q ;;\n"
	"  k) printf \"L%d %s\\0\" $i \"$(readlink \"$f\")\" ;;\n"
	"  e) break ;;\n"
	"  esac\n"
	"done\n"
	"printf \"G\\0\"\n"
	"'\n"
	"export G\n";

#define TEXT_OF(number) TEXT_AS_IT_IS(number)
#define TEXT_AS_IT_IS(number) #number

/* The end of it, whatever happens to the connection; and manners. Who heard
 * nothing says so by how it ends, and all others in the group go a second
 * later: su(1) and doas(1) are of them, and would end by that signal. */
static const char script_life[] =
	"LC_ALL=C TZ=UTC0\n"
	"PATH=$PATH:/usr/bin:/bin:/usr/sbin:/sbin\n"
	"export LC_ALL TZ PATH\n"
	"set -f\n"
	"umask 077\n"
	"exec 4<&0 2>/dev/null\n"
	"trap \"trap '' 15; kill -15 0; exit 1\" 1 13 15\n"
	"trap 'exit " TEXT_OF(PROBE_EXIT_UNHEARD) "' 14\n"
	"(\n"
	"  n=0\n"
	"  trap 'n=0' USR1\n"
	"  while sleep 2; do\n"
	"    n=$((n + 1))\n"
	"    [ $n -le 4 ] || break\n"
	"  done\n"
	"  kill -14 $$\n"
	"  sleep 1\n"
	"  kill -15 0\n"
	") </dev/null >/dev/null 4<&- &\n"
	"P1=$!\n"
	"(\n"
	"  while read -r x; do kill -USR1 $P1; done\n"
	"  kill -15 0\n"
	") <&4 >/dev/null &\n"
	"P2=$!\n"
	"exec 4<&-\n"
	"renice -n 19 -p $$ >/dev/null\n"
	"ionice -c 3 -p $$ >/dev/null\n";

/* What can be told of a file here, of the host, and of what is mounted. */
static const char script_host[] =
	"if [ \"$(stat -c %s /)\" -ge 0 ]; then\n"
	"  K=s T='%f %s %b %h %u %g %d %i %X %Y %Z %W'\n"
	"  case $(stat -c %.9Y /) in\n"
	"  *.[0-9]*[0-9]) K=ns T='%f %s %b %h %u %g %d %i %.9X %.9Y %.9Z %.9W' ;;\n"
	"  esac\n"
	"elif [ \"$(stat -f %z /)\" -ge 0 ]; then\n"
	"  K=bsd T='%Xp %z %b %l %u %g %d %i %.9Fa %.9Fm %.9Fc %.9FB'\n"
	"else\n"
	"  K=ls T=\n"
	"fi\n"
	"case $K in\n"
	"s) U=${T%%%X*}-${T#*%X} ;;\n"
	"ns) U=${T%%%.9X*}-${T#*%.9X} ;;\n"
	"*) U=${T%%%.9Fa*}-${T#*%.9Fa} ;;\n"
	"esac\n"
	"HC=\n"
	"[ \"$(echo xy | head -c 1)\" != x ] || HC=1\n"
	"LK= FL=\n"
	"export HC K T U MIN MAX FROM UNTIL OWNER SK LK FL\n"
	"echo \"$M stream\"\n"
	"printf 'H%s\\n%s\\n%s\\n%s\\n%s\\n%s\\n%s\\n%s\\n\\0' \"$(uname -s)\" \"$(uname -r)\" \\\n"
	"  \"$(uname -m)\" \"$(uname -n)\" \"$(id -u)\" \"$(date -u '+%Y %m %d %H %M %S')\" \\\n"
	"  \"$(printf '\\1\\0' | od -An -tu2 | tr -d ' ')\" $K\n"
	"printf 'T%s\\0' \"$(cat /etc/passwd)\"\n"
	"[ -z \"$PEERS\" ] || printf 'E%s\\0' \"$(cat /etc/hosts)\"\n"
	"for t in $TABLES; do\n"
	"  [ -r /proc/net/$t ] && printf 'N%s %s\\0' $t \"$(cat /proc/net/$t)\"\n"
	"done\n";

/* The live picture: texts with names, then each process. A program is run
 * three times for each; names of links come as ls(1) shows them. */
static const char script_picture[] =
	"x() { [ ! -r \"$2\" ] || printf 'X%s %s\\0' \"$1\" \"$(cat \"$2\")\"; }\n"
	"k() { [ ! -r \"$2\" ] || printf 'Xkernel %s %s\\0' \"$1\" \"$(cat \"$2\")\"; }\n"
	"printf 'Xself %s\\0' $$\n"
	"printf 'Xhz %s\\0' \"$(getconf CLK_TCK)\"\n"
	"printf 'Xstat %s\\0' \"$(grep ^btime /proc/stat)\"\n"
	"printf 'Xlocaltime %s\\0' \"$(readlink /etc/localtime)\"\n"
	"set +f\n"
	"for p in /proc/[0-9]*; do\n"
	"  [ -r $p/stat ] || continue\n"
	"  printf 'P%s\\0%s\\0%s\\0%s\\0%s\\0' \"${p##*/}\" \"$(cat $p/stat)\" \\\n"
	"    \"$(cat $p/status)\" \"$(tr '\\000' '\\001' <$p/cmdline)\" \\\n"
	"    \"$(ls -ld $p/exe $p/cwd $p/root $p/fd/*)\"\n"
	"done\n"
	"x modules /proc/modules\n"
	"x mountinfo /proc/self/mountinfo\n"
	"x route /proc/net/route\n"
	"x ipv6_route /proc/net/ipv6_route\n"
	"x arp /proc/net/arp\n"
	"for i in /sys/class/net/*; do\n"
	"  [ -r $i/flags ] || continue\n"
	"  printf 'Xinterface %s %s %s %s %s\\0' \"${i##*/}\" \"$(cat $i/flags)\" \\\n"
	"    \"$(cat $i/address)\" \"$(cat $i/mtu)\" \"$(cat $i/operstate)\"\n"
	"done\n"
	"set -f\n"
	"[ -d /sys/class/net ] || while read -r i r; do\n"
	"  case $i in *:*) printf 'Xinterface %s\\0' \"${i%%:*}\" ;; esac\n"
	"done </proc/net/dev\n";

/* Waits for a find(1). That it could not look everywhere is told path by
 * path, and so is nothing to its exit; that it could not begin, or was ended,
 * is told by nothing else. */
static const char script_names[] =
	"found() {\n"
	"  wait $1\n"
	"  e=$?\n"
	"  [ $e -lt 126 ] || printf 'Z%d %s\\0' $e \"$2\"\n"
	"}\n"
	"L='\n"
	"'\n"
	"quote() {\n"
	"  e= rest=$1\n"
	"  while :; do\n"
	"    case $rest in\n"
	"    *[\\\\*?[]*)\n"
	"      h=${rest%%[\\\\*?[]*}\n"
	"      c=${rest#\"$h\"}\n"
	"      e=\"$e$h\\\\${c%\"${c#?}\"}\"\n"
	"      rest=${c#?} ;;\n"
	"    *) e=$e$rest; return ;;\n"
	"    esac\n"
	"  done\n"
	"}\n"
	"plain() {\n"
	"  q= rest=$1\n"
	"  while :; do\n"
	"    case $rest in\n"
	"    *\\\\*) q=\"$q${rest%%\\\\*}\\\\0\" rest=${rest#*\\\\} ;;\n"
	"    *) q=$(printf '%b' \"$q$rest\"); return ;;\n"
	"    esac\n"
	"  done\n"
	"}\n"
	"SHUT= ALL=\n"
	"mounted() {\n"
	"  case $2 in\n"
	"  ";
static const char script_network[] =
	") k=p ;;\n"
	"  ";
static const char script_mounts[] =
	"|fuse.*) k=n ;;\n"
	"  *) k=- ;;\n"
	"  esac\n"
	"  ALL=\"$ALL$k $1$L\"\n"
	"  [ $k = - ] && return\n"
	"  SHUT=\"$SHUT$1$L\"\n"
	"  printf 'M%s %s\\0' $k \"$1\"\n"
	"}\n"
	"fifth() { plain \"$5\"; }\n"
	"table=$(cat /proc/self/mountinfo)\n"
	"IFS=$L\n"
	"if [ -n \"$table\" ]; then\n"
	"  for line in $table; do\n"
	"    t=${line##* - }\n"
	"    IFS=' '\n"
	"    fifth $line\n"
	"    IFS=$L\n"
	"    mounted \"$q\" \"${t%% *}\"\n"
	"  done\n"
	"else\n"
	"  for line in $(mount); do\n"
	"    p=${line#* on }\n"
	"    case $p in\n"
	"    *' type '*) t=${p##* type } t=${t%% *} p=${p% type *} ;;\n"
	"    *) t=${p##*(} t=${t%%[,)]*} p=${p% (*} ;;\n"
	"    esac\n"
	"    mounted \"$p\" \"$t\"\n"
	"  done\n"
	"fi\n"
	"sweep() {\n"
	"  [ \"$1\" -ge \"$SR\" ] || return\n"
	"  printf 'R%d\\0' \"$1\"\n"
	"  n=$1 r=$2\n"
	"  best=0 kind=-\n"
	"  for line in $ALL; do\n"
	"    p=${line#??}\n"
	"    p=${p%/}\n"
	"    case $r/ in\n"
	"    \"$p\"/*) [ ${#p} -lt $best ] || { best=${#p}; kind=${line%\"${line#?}\"}; } ;;\n"
	"    esac\n"
	"  done\n"
	"  [ $kind = - ] || { printf 'O%s\\0' $kind; return; }\n"
	"  [ -e \"$r\" ] || [ -h \"$r\" ] || { printf 'A\\0'; return; }\n"
	"  set --\n"
	"  for p in $SHUT; do\n"
	"    quote \"$p\"\n"
	"    set -- \"$@\" -o -path \"$e\"\n"
	"  done\n";
static const char script_sweep[] =
	"  if [ $# -gt 0 ]; then\n"
	"    shift\n"
	"    set -- '(' \"$@\" ')' -prune -exec sh -c \"$G\" 0 '{}' + -o\n"
	"  fi\n";

struct wants {
	uint64_t largest, smallest;
	int64_t from_s, until_s;
	bool has_uid, peers, content, one_fs, triage;
	uint64_t uid;
	const struct req_cursor *behind; /* where an earlier one was cut; NULL */
};

/* ---- which file systems ---- */

static void add_types(struct buf *out, enum fs_kind wanted)
{
	const char *name;
	enum fs_kind kind;
	bool first = true;

	for (size_t i = 0; (name = fs_name(i, &kind)); i++) {
		if (kind != wanted)
			continue;
		(void)buf_addf(out, "%s%s", first ? "" : "|", name);
		first = false;
	}
}

/* ---- which paths ---- */

/* A glob whose folder find(1) can be kept out of with the same meaning: a
 * path as it is, or all that is below one. */
static void add_exclude(struct buf *out, struct bytes glob)
{
	bool below = glob.n > 3 && memcmp(glob.p + glob.n - 3, "/**", 3) == 0;
	size_t n = glob.n - (below ? 3 : 0);
	struct buf pattern;

	if (glob.p[0] != '/')
		return;
	for (size_t i = 0; i < n; i++)
		if (strchr("*?[\\", glob.p[i]))
			return;
	buf_init(&pattern, RECORD_PATH_MAX + 4);
	(void)buf_add(&pattern, glob.p, n);
	if (below)
		(void)buf_add_str(&pattern, "/*");
	(void)buf_add_str(out, "  set -- \"$@\" -o -path ");
	shell_add_quoted(out, buf_bytes(&pattern));
	(void)buf_add_byte(out, '\n');
	buf_release(&pattern);
}

/* Everything that the glob matches, and perhaps more: an asterisk of find(1)
 * does not stop at a slash. */
static void add_include(struct buf *out, struct bytes glob)
{
	struct buf pattern;
	size_t i = 0;

	buf_init(&pattern, 2 * RECORD_PATH_MAX);
	if (glob.p[0] != '/')
		(void)buf_add_str(&pattern, "*/");
	while (i < glob.n) {
		bool any = i + 1 < glob.n && glob.p[i] == '*' &&
			   glob.p[i + 1] == '*';

		(void)buf_add_byte(&pattern, glob.p[i]);
		i += any ? 2 : 1;
		if (any && i < glob.n && glob.p[i] == '/')
			i++; /* it stands for no folder, too */
	}
	(void)buf_add_str(out, " -o -path ");
	shell_add_quoted(out, buf_bytes(&pattern));
	buf_release(&pattern);
}

static void add_extension(struct buf *out, struct bytes extension)
{
	struct buf pattern;

	buf_init(&pattern, 8 * RECORD_WORD_MAX);
	(void)buf_add_str(&pattern, "*.");
	for (size_t i = 0; i < extension.n; i++) {
		uint8_t c = extension.p[i], low = c | 0x20;

		if (low >= 'a' && low <= 'z')
			(void)buf_addf(&pattern, "[%c%c]", low, low & 0x5f);
		else if (strchr("*?[\\", c))
			(void)buf_addf(&pattern, "\\%c", c);
		else
			(void)buf_add_byte(&pattern, c);
	}
	(void)buf_add_str(out, " -o -name ");
	shell_add_quoted(out, buf_bytes(&pattern));
	buf_release(&pattern);
}

/* ---- the request ---- */

static void read_start(struct wants *w, const struct req_start *start)
{
	w->content = !start->walk || start->hash;
	w->triage = start->triage;
	if (start->max_file_size)
		w->largest = MIN(start->max_file_size, SCAN_MAX);
}

static void read_filter(struct wants *w, const struct req_filter *f)
{
	w->smallest = f->min_size;
	w->one_fs = f->one_fs;
	w->has_uid = f->has_uid;
	w->uid = f->uid;
	if (f->mtime_from_ns != TIME_UNKNOWN)
		w->from_s = f->mtime_from_ns / NS_PER_S - 1;
	if (f->mtime_until_ns != TIME_UNKNOWN)
		w->until_s = f->mtime_until_ns / NS_PER_S + 1;
}

struct parts {
	struct wants wants;
	struct buf roots, excludes, includes;
	struct shell_patterns patterns;
	bool secrets; /* they may be read, too */
	uint64_t root;
};

static void read_glob(struct parts *p, const struct req_glob *g)
{
	if (g->pattern.n == 0)
		return;
	if (g->use == GLOB_EXCLUDE)
		add_exclude(&p->excludes, g->pattern);
	else if (g->use == GLOB_INCLUDE)
		add_include(&p->includes, g->pattern);
	else if (g->use == GLOB_EXTENSION)
		add_extension(&p->includes, g->pattern);
}

static void read_record(struct parts *p, const struct record *rec)
{
	if (rec->type == REQ_PATH) {
		(void)buf_addf(&p->roots, "sweep %" PRIu64 " ", p->root++);
		shell_add_quoted(&p->roots, rec->u.req_path.path);
		(void)buf_add_byte(&p->roots, '\n');
	} else if (rec->type == REQ_MEMORY) {
		p->root++; /* it is counted among them */
	} else if (rec->type == REQ_INDICATOR) {
		p->wants.peers = true;
	} else if (rec->type == REQ_FILTER) {
		read_filter(&p->wants, &rec->u.filter);
	} else if (rec->type == REQ_GLOB) {
		read_glob(p, &rec->u.glob);
	} else if (rec->type == REQ_PATTERN) {
		shell_patterns_add(&p->patterns, &rec->u.pattern);
	} else if (rec->type == REQ_START) {
		p->secrets = rec->u.start.secrets || !rec->u.start.collect ||
			     rec->u.start.scan;
		read_start(&p->wants, &rec->u.start);
	}
}

static enum err_code read_request(struct parts *p, struct bytes request,
				  struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && request.n) {
		struct record rec;
		size_t used;

		code = record_next(request, &used, &rec, err);
		if (code != ERR_OK)
			break;
		if (used == 0)
			return err_set(err, ERR_FORMAT, "half a request");
		read_record(p, &rec);
		request = bytes_skip(request, used);
	}
	return code;
}

/* ---- all of it ---- */

static const char *tables_of(const struct wants *w)
{
	if (w->triage)
		return "tcp tcp6 udp udp6 udplite udplite6 raw raw6 icmp icmp6 "
		       "packet unix";
	return w->peers ? "tcp tcp6 udp udp6" : "";
}

static void add_picture(struct buf *out)
{
	const struct kernel_setting *s = kernel_settings;

	(void)buf_add_str(out, script_picture);
	for (; s->path; s++)
		(void)buf_addf(out, "k %s %s\n", s->name, s->path);
}

static void add_wants(const struct wants *w, struct buf *out)
{
	(void)buf_addf(out,
		       "MIN=%" PRIu64 " MAX=%" PRIu64 " FROM=%" PRId64
		       " UNTIL=%" PRId64 " PEERS=%s TABLES='%s' OWNER=",
		       w->smallest, w->largest, w->from_s, w->until_s,
		       w->peers ? "1" : "", tables_of(w));
	if (w->has_uid)
		(void)buf_addf(out, "%" PRIu64, w->uid);
	(void)buf_addf(out, "\nSR=%" PRIu64 " SK=",
		       w->behind ? w->behind->root : 0);
	if (w->behind)
		shell_add_quoted(out, w->behind->path);
	(void)buf_add_byte(out, '\n');
}

/* In the background, so that a signal ends the waiting at once. */
static void add_one_find(const struct parts *p, struct buf *out)
{
	(void)buf_addf(out, "  find \"$r\"%s \"$@\"",
		       p->wants.one_fs ? " -xdev" : "");
	if (p->wants.content) {
		(void)buf_add_str(out, " -type f");
		if (p->includes.n) {
			(void)buf_add_str(out, " '('");
			(void)buf_add_bytes(out, bytes_skip(
				buf_bytes(&p->includes), strlen(" -o")));
			(void)buf_add_str(out, " ')'");
		}
		(void)buf_add_str(out, " -exec sh -c \"$G\" 1 '{}' + -o");
	}
	(void)buf_add_str(out, " -exec sh -c \"$G\" 0 '{}' + &\n"
			       "  found $! \"$r\"\n");
}

/* Where the last of what was had is not there any more, all is read anew. */
static void add_find(const struct parts *p, struct buf *out)
{
	(void)buf_add_str(out, "  P3=\n"
			       "  [ -z \"$SK\" ] || [ \"$n\" != \"$SR\" ] || {\n"
			       "    sleep 999999 </dev/null >/dev/null &\n"
			       "    P3=$!\n"
			       "  }\n"
			       "  export P3\n");
	add_one_find(p, out);
	(void)buf_add_str(out, "  [ -n \"$P3\" ] && kill $P3 || { P3=; return 0; }\n"
			       "  P3=\n"
			       "  printf 'R%d\\0' $n\n");
	add_one_find(p, out);
	(void)buf_add_str(out, "}\n");
}

static void add_all(const struct parts *p, struct buf *out)
{
	(void)buf_add_str(out, script_life);
	(void)buf_add_str(out, script_begin);
	shell_secret_write(p->secrets, out);
	(void)buf_add_str(out, script_group);
	add_wants(&p->wants, out);
	(void)buf_add_str(out, script_host);
	if (p->wants.triage)
		add_picture(out);
	(void)buf_add_str(out, script_names);
	add_types(out, FS_PSEUDO);
	(void)buf_add_str(out, script_network);
	add_types(out, FS_NETWORK);
	(void)buf_add_str(out, script_mounts);
	(void)buf_add_bytes(out, buf_bytes(&p->excludes));
	(void)buf_add_str(out, script_sweep);
	add_find(p, out);
	(void)buf_add_bytes(out, buf_bytes(&p->roots));
	/* They are counted behind all paths. */
	if (!shell_patterns_write(&p->patterns, p->root, p->wants.largest,
				  out))
		out->full = true;
	(void)buf_add_str(out, "printf 'Q\\0'\n"
			       "kill $P1 $P2\n"
			       "exit 0\n");
}

enum err_code shell_script(struct bytes request,
			   const struct req_cursor *behind, struct buf *out,
			   struct err *err)
{
	struct parts p = {.wants = {.largest = SCAN_MAX,
				    .behind = behind,
				    .from_s = -INT64_C(99999999999),
				    .until_s = INT64_C(99999999999)}};
	enum err_code code;

	buf_init(&p.roots, out->max);
	buf_init(&p.excludes, ARGS_MAX);
	buf_init(&p.includes, ARGS_MAX);
	code = read_request(&p, request, err);
	if (code == ERR_OK)
		add_all(&p, out);
	if (code == ERR_OK && (out->full || p.roots.full || p.excludes.full ||
			       p.includes.full))
		code = err_set(err, ERR_LIMIT,
			       "too many paths and globs for a shell to take");
	shell_patterns_release(&p.patterns);
	buf_release(&p.roots);
	buf_release(&p.excludes);
	buf_release(&p.includes);
	return code;
}
