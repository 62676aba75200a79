/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, homes and secrets as text for a shell. */
#include "base/base.h"

#include "base/pathset.h"
#include "job/shell_patterns.h"
#include "model/secret.h"

#define TAILS_MAX ((size_t)256 << 10)

/* The homes of that host, and how one folder is sought through. What find(1)
 * of BusyBox gathers for -exec, it forgets at its end within parentheses.
 * Folders that are links are where they lead, as a probe has them; so are
 * files of /etc, which is root's to say. */
static const char script_seek[] =
	"D= LK=1\n"
	"find / -maxdepth 0 >/dev/null && D=1\n"
	"HOMES=$({\n"
	"  echo /root\n"
	"  set +f\n"
	"  for h in /home/*; do [ -d \"$h\" ] && echo \"$h\"; done\n"
	"  set -f\n"
	"  while IFS=: read -r a b c d e h s; do\n"
	"    case $h in\n"
	"    /|/nonexistent*|/proc*|/sys*|/dev*|/bin|/sbin|/usr/*bin) ;;\n"
	"    /*) echo \"$h\" ;;\n"
	"    esac\n"
	"  done </etc/passwd\n"
	"} | sort -u)\n"
	"DONE=$L\n"
	"seek() {\n"
	"  [ -d \"$1\" ] || return\n"
	"  case $DONE in *\"$L$*$L\"*) return ;; esac\n"
	"  DONE=\"$DONE$*$L\"\n"
	"  r=$1 n=$2 MAX=$3 want=$4\n"
	"  shift 4\n"
	"  best=0 kind=-\n"
	"  for line in $ALL; do\n"
	"    p=${line#??}\n"
	"    p=${p%/}\n"
	"    case $r/ in\n"
	"    \"$p\"/*) [ ${#p} -lt $best ] || { best=${#p}; kind=${line%\"${line#?}\"}; } ;;\n"
	"    esac\n"
	"  done\n"
	"  [ $kind = - ] || return\n"
	"  printf 'R%d\\0' $ROOT\n"
	"  quote \"${r%/}\"\n"
	"  b=$e i=$#\n"
	"  while [ $i -gt 0 ]; do\n"
	"    t=$1\n"
	"    shift\n"
	"    set -- \"$@\" -o -path \"$b$t\"\n"
	"    i=$((i - 1))\n"
	"  done\n"
	"  shift\n"
	"  set -- '(' \"$@\" ')'\n"
	"  if [ $want = 1 ]; then\n"
	"    set -- \"$@\" -type f -exec sh -c \"$G\" 1 '{}' + \\\n"
	"      -o \"$@\" -exec sh -c \"$G\" 0 '{}' +\n"
	"  else\n"
	"    set -- \"$@\" -exec sh -c \"$G\" 0 '{}' +\n"
	"  fi\n"
	"  for p in $SHUT; do\n"
	"    quote \"$p\"\n"
	"    set -- -path \"$e\" -prune -o \"$@\"\n"
	"  done\n"
	"  [ -z \"$D\" ] || set -- -maxdepth $n \"$@\"\n"
	"  find -H \"$r\" \"$@\" &\n"
	"  found $! \"$r\"\n"
	"}\n"
	"leads() { printf 'R%d\\0Y%s\\n%s\\0' $ROOT \"$1\" \"$2\"; }\n"
	"real() {\n"
	"  r=$(cd -P \"$1\" && pwd -P) && [ -n \"$r\" ] || r=$1\n"
	"  [ \"$r\" = \"$1\" ] || leads \"$1\" \"$r\"\n"
	"}\n"
	"link() {\n"
	"  [ -h \"$1\" ] && p=$(readlink -f \"$1\") && [ -f \"$p\" ] || return\n"
	"  leads \"$1\" \"$p\"\n"
	"  [ $2 -le $BIG ] || set -- \"$1\" $BIG $3\n"
	"  quote \"/${p##*/}\"\n"
	"  p=${p%/*}\n"
	"  seek \"${p:-/}\" 1 $2 $3 \"$e\"\n"
	"}\n";

/* The one file that is read through a link and keeps its name: what it is is
 * looked at first. */
static const char script_zone[] =
	"[ -h " ZONE_LINK " ] &&\n"
	"  [ \"$(dd if=" ZONE_LINK " bs=4 count=1)\" = TZif ] && {\n"
	"  printf 'R%%d\\0' $ROOT\n"
	"  MAX=%d FL=-L sh -c \"$G\" 1 " ZONE_LINK "\n"
	"}\n";

void shell_add_quoted(struct buf *out, struct bytes b)
{
	(void)buf_add_byte(out, '\'');
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '\'')
			(void)buf_add_str(out, "'\\''");
		else
			(void)buf_add_byte(out, b.p[i]);
	}
	(void)buf_add_byte(out, '\'');
}

void shell_secret_write(bool all_may, struct buf *out)
{
	const struct secret_place *place;

	(void)buf_add_str(out, "secret() {\n  case $f in\n");
	for (size_t i = 0; !all_may && (place = secret_place(i)); i++) {
		(void)buf_add_str(out, "  ");
		for (const char *c = place->path; *c; c++)
			(void)buf_addf(out, "%s%c", *c == ' ' ? "\\" : "", *c);
		(void)buf_addf(out, ") return %d ;;\n",
			       place->secrecy != SECRECY_METADATA);
	}
	(void)buf_add_str(out, "  *) return 1 ;;\n  esac\n}\n");
}

/* Up to the last slash before the first sign. */
static size_t folder_of(struct bytes pattern)
{
	size_t last = 0;

	for (size_t i = 0; i < pattern.n; i++) {
		if (strchr("*?[\\", pattern.p[i]))
			break;
		if (pattern.p[i] == '/')
			last = i;
	}
	return last;
}

/* What is below the folder, for find(1), whose asterisk goes through slashes;
 * how deep that is. */
static unsigned add_tail(struct shell_group *g, struct bytes tail)
{
	struct bytes segment;
	unsigned depth = 0;
	struct buf word;

	buf_init(&word, 2 * RECORD_PATH_MAX);
	while (bytes_split(&tail, '/', &segment)) {
		unsigned stars = pathset_stars(segment);

		if (segment.n == 0)
			continue;
		(void)buf_add_byte(&word, '/');
		if (stars)
			(void)buf_add_byte(&word, '*');
		else
			(void)buf_add_bytes(&word, segment);
		depth += stars ? stars : 1;
	}
	(void)buf_add_byte(&g->tails, ' ');
	shell_add_quoted(&g->tails, buf_bytes(&word));
	buf_release(&word);
	return depth;
}

static struct shell_group *find_group(struct shell_patterns *p,
				      const char *folder, bool content)
{
	for (size_t i = 0; i < p->n; i++) {
		struct shell_group *g = &p->v[i];
		bool same = folder && g->folder
				    ? strcmp(folder, g->folder) == 0
				    : !folder && !g->folder;

		if (same && g->content == content)
			return g;
	}
	p->v = xrealloc(p->v, p->n + 1, sizeof *p->v);
	p->v[p->n] = (struct shell_group){
		.folder = folder ? xstrdup(folder) : NULL,
		.content = content};
	buf_init(&p->v[p->n].tails, TAILS_MAX);
	return &p->v[p->n++];
}

/* A file that is named in full. */
static bool may_be_link(struct bytes pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if (strchr("*?[\\", pattern.p[i]))
			return false;
	return bytes_starts(pattern, "/etc/");
}

static void add_link(struct shell_patterns *p, const struct req_pattern *req,
		     bool content)
{
	if (!p->links.max)
		buf_init(&p->links, TAILS_MAX);
	(void)buf_add_str(&p->links, "link ");
	shell_add_quoted(&p->links, req->pattern);
	(void)buf_addf(&p->links, " %" PRIu64 " %d\n",
		       req->max_size ? req->max_size : (uint64_t)INT64_MAX,
		       content);
}

void shell_patterns_add(struct shell_patterns *p,
			const struct req_pattern *req)
{
	bool of_home = req->pattern.n && req->pattern.p[0] == '~';
	size_t n = of_home ? 1 : folder_of(req->pattern);
	char *folder = of_home ? NULL
		       : n     ? bytes_to_str(bytes_of(req->pattern.p, n))
			       : xstrdup("/");
	bool content = req->use != PATTERN_METADATA &&
		       req->secrecy < SECRECY_METADATA;
	struct shell_group *g = find_group(p, folder, content);
	unsigned depth = add_tail(g, bytes_skip(req->pattern, n));

	g->depth = MAX(g->depth, depth);
	g->cap = MAX(g->cap, req->max_size ? req->max_size : UINT64_MAX);
	if (bytes_eq(req->pattern, bytes_str(ZONE_LINK)))
		p->zone |= content;
	if (may_be_link(req->pattern))
		add_link(p, req, content);
	free(folder);
}

bool shell_patterns_write(const struct shell_patterns *p, uint64_t root,
			  uint64_t largest, struct buf *out)
{
	bool fits = true;

	if (p->n == 0)
		return true;
	(void)buf_add_str(out, script_seek);
	(void)buf_addf(out, "ROOT=%" PRIu64 " BIG=%" PRIu64 "\n", root, largest);
	(void)buf_add_str(out, "[ \"$(find /dev/null)\" = /dev/null ] || "
			       "printf 'R%d\\0Z127 /\\0' $ROOT\n");
	for (size_t i = 0; i < p->n; i++) {
		const struct shell_group *g = &p->v[i];

		if (!g->folder)
			(void)buf_add_str(out, "for h in $HOMES; do\n");
		if (g->folder) {
			(void)buf_add_str(out, "real ");
			shell_add_quoted(out, bytes_str(g->folder));
			(void)buf_add_str(out, "\nseek \"$r\"");
		} else {
			(void)buf_add_str(out, "seek \"$h\"");
		}
		(void)buf_addf(out, " %u %" PRIu64 " %d", g->depth,
			       MIN(g->cap, largest), g->content);
		(void)buf_add_bytes(out, buf_bytes(&g->tails));
		(void)buf_add_str(out, g->folder ? "\n" : "\ndone\n");
		fits = fits && !g->tails.full;
	}
	(void)buf_add_bytes(out, buf_bytes(&p->links));
	if (p->zone)
		(void)buf_addf(out, script_zone, ZONE_LINK_MAX);
	fits = fits && !p->links.full;
	return fits && !out->full;
}

void shell_patterns_release(struct shell_patterns *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].folder);
		buf_release(&p->v[i].tails);
	}
	free(p->v);
	buf_release(&p->links);
	*p = (struct shell_patterns){0};
}
