/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which host of the case a bundle is of. All there is to go by is what the
 * bundle says, and two machines may say the same name: clones of a template,
 * names that differ only in what a name cannot have, or one that lies. What is
 * told apart too much can be imported once more with --host; what was mixed
 * cannot be taken apart again. So a machine that is seen to be another becomes
 * a host of its own, and what nothing ties to a host that is reached is said.
 */
#include "base/base.h"

#include "base/text.h"
#include "job/engine.h"

#define NAME_LEN_MAX  100
#define NAMESAKES_MAX 1000u

/* The later outweighs the earlier. */
enum likeness { LIKE_NOBODY, LIKE_UNKNOWN, LIKE_SAME, LIKE_OTHER };

/* A host of the case by a name. */
struct namesake {
	const struct uuid *id; /* NULL: there is none */
	const struct job_known *known; /* NULL: this session brought it */
	enum likeness like;
};

/* A name for commands and files out of what a host calls itself. */
static void clean_name(const char *hostname, char out[NAME_LEN_MAX + 1])
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:";
	size_t n = MIN(strlen(hostname), (size_t)NAME_LEN_MAX);

	for (size_t i = 0; i < n; i++)
		out[i] = strchr(good, hostname[i]) ? hostname[i] : '_';
	if (n && out[0] == '-')
		out[0] = '_';
	out[n] = '\0';
}

/* ---- which machine ---- */

static enum likeness compare(const char *a, const char *b)
{
	if (!a || !b || !*a || !*b)
		return LIKE_UNKNOWN;
	return strcmp(a, b) == 0 ? LIKE_SAME : LIKE_OTHER;
}

/* Two that are one only as names have to be: "web 1" and "web_1". */
static bool are_blurred(const char *a, const char *b)
{
	char one[NAME_LEN_MAX + 1], other[NAME_LEN_MAX + 1];

	if (compare(a, b) != LIKE_OTHER)
		return false;
	clean_name(a, one);
	clean_name(b, other);
	return strcmp(one, other) == 0;
}

/* A template's clones often have its machine-id, but not its board; and who is
 * not root may not read the board's. */
static enum likeness compare_machines(const struct job_machine *a,
				      const struct job_machine *b)
{
	enum likeness like = MAX(compare(a->machine_id, b->machine_id),
				 compare(a->product_id, b->product_id));

	if (like == LIKE_UNKNOWN && are_blurred(a->hostname, b->hostname))
		return LIKE_OTHER;
	return like;
}

/* Of the case, and of what other bundles of this session brought. */
static struct namesake find_namesake(const struct hostrun *h, const char *name)
{
	const struct job_known *k =
		job_known_find(&h->run->job->hosts_known, name);
	struct namesake found = {.known = k};

	if (k) {
		found.id = &k->id;
		found.like = compare_machines(&k->machine, &h->machine);
	}
	for (struct jobrun *run = h->engine->jobs; run; run = run->next) {
		const struct hostrun *other = &run->hosts[0];

		if (run == h->run || run->job->via != VIA_BUNDLE ||
		    !run->begun || strcmp(other->host->name, name) != 0)
			continue;
		if (!found.id)
			found.id = &other->host->id;
		found.like = MAX(found.like, compare_machines(&other->machine,
							      &h->machine));
	}
	return found;
}

/* One that it is not known not to be; of names with a number, which nobody has
 * for its own, one that it is known to be. */
static bool is_free(const struct namesake *found, unsigned number)
{
	return found->like == LIKE_NOBODY || found->like == LIKE_SAME ||
	       (found->like == LIKE_UNKNOWN && number == 1);
}

static enum err_code find_name(const struct hostrun *h, const char *own,
			       char name[NAME_LEN_MAX + 1],
			       struct namesake *found, struct err *err)
{
	for (unsigned i = 1; i <= NAMESAKES_MAX; i++) {
		if (i == 1)
			(void)snprintf(name, NAME_LEN_MAX + 1, "%s", own);
		else
			(void)snprintf(name, NAME_LEN_MAX + 1, "%.*s-%u",
				       NAME_LEN_MAX - 5, own, i);
		*found = find_namesake(h, name);
		if (is_free(found, i))
			return ERR_OK;
	}
	return err_set(err, ERR_EXISTS,
		       "more than %u machines call themselves %s: which host "
		       "is that? give --host NAME",
		       NAMESAKES_MAX, own);
}

/* ---- what people are told ---- */

/* A line before all others, and on record with the run. */
static void warn(struct hostrun *h, const char *text)
{
	(void)buf_addf(&h->run->problems, "%s: %s\n",
		       shown_str(h->run->job->source).s, text);
	h->engine->board_stale = true;
	hostrun_changed(h, "%s", text);
}

static void say_whose(struct hostrun *h, const char *own,
		      const struct namesake *found)
{
	char text[400];

	if (strcmp(own, h->host->name) != 0) {
		(void)snprintf(text, sizeof text,
			       "it says it is of %s, but that is another "
			       "machine: it is kept apart, as %s; --host NAME "
			       "--again says which host it is of",
			       own, h->host->name);
		warn(h, text);
	} else if (found->like == LIKE_SAME) {
		hostrun_changed(h, "it is of %s, by the name and the id of "
				"the machine that it tells", own);
	} else if (found->known && found->known->is_reached) {
		(void)snprintf(text, sizeof text,
			       "it is taken to be of %s, which is reached over "
			       "SSH, on its own word: nothing was known that "
			       "could show another machine",
			       own);
		warn(h, text);
	} else if (found->id) {
		hostrun_changed(h, "that it is of %s, which the case had "
				"already, is the bundle's own word", own);
	}
}

/* ---- the host ---- */

static void add_host(struct hostrun *h)
{
	struct change *c = change_new(CHANGE_HOST_ADD);

	h->host->id = uuid_v7();
	c->host = h->host->id;
	c->u.host.name = change_str(c, h->host->name);
	engine_post(h->engine, c);
}

static enum err_code find_host(struct hostrun *h, const char *own,
			       struct namesake *found, struct err *err)
{
	char name[NAME_LEN_MAX + 1];
	enum err_code code = ERR_OK;

	(void)snprintf(name, sizeof name, "%s", own);
	if (h->run->job->named_host)
		*found = find_namesake(h, name);
	else
		code = find_name(h, own, name, found, err);
	if (code != ERR_OK)
		return code;
	free(h->host->name);
	h->host->name = xstrdup(name);
	if (found->id)
		h->host->id = *found->id;
	else
		add_host(h);
	return ERR_OK;
}

/* What a host said of itself when it was reached outweighs a file. */
static void tell_of_host(struct hostrun *h, const struct namesake *found)
{
	struct change_host_seen *s = &h->seen->u.host_seen;

	if (found->known && found->known->machine.machine_id)
		s->machine_id = NULL;
	if (found->known && found->known->machine.product_id)
		s->product_id = NULL;
	h->seen->host = h->host->id;
	engine_post(h->engine, h->seen);
	h->seen = NULL;
}

/* What the hello says is of whoever looked at an image, not of its host. */
static void forget_machine(struct hostrun *h)
{
	change_free(h->seen);
	h->seen = NULL;
	job_machine_release(&h->machine);
}

/* Somebody has to say it where the bundle cannot. */
static enum err_code check_named(const struct hostrun *h,
				 const struct record *rec, bool of_image,
				 struct err *err)
{
	if (h->run->job->named_host || h->given_name[0])
		return ERR_OK;
	if (of_image && bytes_eq(rec->u.plan.op, bytes_str("import")))
		return err_set(err, ERR_USAGE,
			       "it does not say which host it is of: give "
			       "--host NAME");
	if (of_image || !h->hostname[0])
		return err_set(err, ERR_USAGE,
			       "it is of %s%s%s: which host is that? give "
			       "--host NAME",
			       of_image ? shown(rec->u.plan.root).s
					: "a host without a name",
			       of_image ? " on " : "",
			       of_image ? h->hostname : "");
	return ERR_OK;
}

enum err_code bundle_settle(struct hostrun *h, const struct record *rec,
			    struct err *err)
{
	bool of_image = rec->type == REC_PLAN && rec->u.plan.root.n;
	struct namesake found;
	char own[NAME_LEN_MAX + 1];
	enum err_code code = check_named(h, rec, of_image, err);

	if (code != ERR_OK)
		return code;
	if (of_image)
		forget_machine(h);
	clean_name(h->run->job->named_host ? h->host->name
		   : h->given_name[0]	   ? h->given_name
					   : h->hostname,
		   own);
	code = find_host(h, own, &found, err);
	if (code != ERR_OK)
		return code;
	if (!h->run->job->named_host)
		say_whose(h, own, &found);
	outcome_run_begin(h->run, h->engine);
	if (h->seen)
		tell_of_host(h, &found);
	return ERR_OK;
}
