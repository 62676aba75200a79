/* SPDX-License-Identifier: Apache-2.0 */
/* The indicators of a plan, made ready and looked up. */
#include "base/base.h"

#include <arpa/inet.h>

#include "probe/indicator.h"

static const struct {
	enum indicator_kind kind;
	enum hash_alg alg;
	size_t n;
} hash_kinds[] = {
	{INDICATOR_MD5, HASH_MD5, 16},
	{INDICATOR_SHA1, HASH_SHA1, 20},
	{INDICATOR_SHA256, HASH_SHA256, SHA256_LEN},
};

static void keys_add(struct indicator_keys *k, struct bytes key, uint32_t of)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 64;
		k->v = xrealloc(k->v, k->cap, sizeof *k->v);
	}
	k->v[k->n++] = (struct indicator_key){key, of};
}

static int compare_keys(const void *a, const void *b)
{
	const struct indicator_key *ka = a, *kb = b;

	return bytes_cmp(ka->key, kb->key);
}

static void keys_sort(struct indicator_keys *k)
{
	if (k->n)
		qsort(k->v, k->n, sizeof *k->v, compare_keys);
}

static void seen_add(struct sightings *seen, uint32_t of)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->v[i] == of)
			return;
	if (seen->n < SIGHTINGS_MAX)
		seen->v[seen->n++] = of;
}

/* All with that key, of which there may be several. */
static void keys_find(const struct indicator_keys *k, struct bytes key,
		      struct sightings *seen)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (bytes_cmp(k->v[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < k->n && bytes_eq(k->v[low].key, key); low++)
		seen_add(seen, k->v[low].of);
}

/* ---- making ---- */

static struct regex *compiled(struct bytes pattern)
{
	struct regex *r;
	struct err err;

	if (regex_compile(pattern, &r, &err) != ERR_OK)
		BUG("a plan with a bad pattern: %s", err.msg);
	return r;
}

static void add_name(struct indicators *in, uint32_t of, struct bytes value)
{
	if (!in->names) {
		in->names = regex_set_new();
		in->name_of = xcalloc(in->plan->n_indicators,
				      sizeof *in->name_of);
	}
	in->name_of[regex_set_add(in->names, compiled(value))] = of;
}

static void add_peer(struct indicators *in, uint32_t of,
		     const struct indicator_net *net)
{
	if (in->n_peers == in->cap_peers) {
		in->cap_peers = in->cap_peers ? 2 * in->cap_peers : 64;
		in->peers = xrealloc(in->peers, in->cap_peers,
				     sizeof *in->peers);
	}
	in->peers[in->n_peers++] = (struct indicator_peer){*net, of};
}

static void add_hash(struct indicators *in, uint32_t of,
		     enum indicator_kind kind, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_SIZE(hash_kinds); i++) {
		uint8_t *to = in->digests + (size_t)of * HASH_LEN_MAX;

		if (hash_kinds[i].kind != kind)
			continue;
		if (!hex_decode(value, to, hash_kinds[i].n))
			BUG("a plan with a bad hash");
		keys_add(&in->hashes[hash_kinds[i].alg],
			 bytes_of(to, hash_kinds[i].n), of);
	}
}

static void add(struct indicators *in, uint32_t of)
{
	const struct plan_indicator *i = &in->plan->indicators[of];
	struct bytes value = bytes_str(i->value);
	struct indicator_net net;

	if (i->exclude[0])
		in->excludes[of] = compiled(bytes_str(i->exclude));
	switch (i->kind) {
	case INDICATOR_FILENAME:
		add_name(in, of, value);
		break;
	case INDICATOR_PATH:
		keys_add(&in->paths, value, of);
		break;
	case INDICATOR_SIZE:
		keys_add(&in->sizes, value, of);
		break;
	case INDICATOR_DOMAIN:
		keys_add(&in->domains, value, of);
		break;
	case INDICATOR_IP:
		if (!indicator_net(value, &net))
			BUG("a plan with a bad address");
		add_peer(in, of, &net);
		break;
	case INDICATOR_URL: /* nothing on a host to hold it against */
	case INDICATOR_N_KINDS:
		break;
	case INDICATOR_MD5:
	case INDICATOR_SHA1:
	case INDICATOR_SHA256:
		add_hash(in, of, i->kind, value);
		break;
	}
}

struct indicators *indicators_new(const struct plan *plan)
{
	size_t n = plan->n_indicators;
	struct indicators *in;

	if (n == 0)
		return NULL;
	in = xcalloc(1, sizeof *in);
	in->plan = plan;
	in->excludes = xcalloc(n, sizeof(struct regex *));
	in->digests = xcalloc(n, HASH_LEN_MAX);
	in->done = xcalloc(plan->n_roots, sizeof *in->done);
	for (size_t i = 0; i < n; i++)
		add(in, (uint32_t)i);
	keys_sort(&in->paths);
	keys_sort(&in->sizes);
	keys_sort(&in->domains);
	for (size_t alg = 0; alg < HASH_N; alg++)
		keys_sort(&in->hashes[alg]);
	return in;
}

void indicators_free(struct indicators *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->plan->n_indicators; i++)
		regex_free(in->excludes[i]);
	for (size_t alg = 0; alg < HASH_N; alg++)
		free(in->hashes[alg].v);
	regex_set_free(in->names);
	free(in->name_of);
	free(in->excludes);
	free(in->paths.v);
	free(in->sizes.v);
	free(in->domains.v);
	free(in->peers);
	free(in->digests);
	free(in->done);
	free(in);
}

/* ---- looking up ---- */

bool indicators_want_hashes(const struct indicators *in)
{
	for (size_t alg = 0; alg < HASH_N; alg++)
		if (indicators_want_hash(in, (enum hash_alg)alg))
			return true;
	return false;
}

bool indicators_want_peers(const struct indicators *in)
{
	return in && (in->n_peers || in->domains.n);
}

struct name_hit {
	const struct indicators *in;
	struct sightings *seen;
};

static void on_name(void *arg, size_t n)
{
	struct name_hit *hit = arg;

	seen_add(hit->seen, hit->in->name_of[n]);
}

/* What a list says is a false positive in that place. */
static void drop_excluded(const struct indicators *in, struct bytes path,
			  struct sightings *seen)
{
	size_t kept = 0;

	for (size_t i = 0; i < seen->n; i++) {
		const struct regex *r = in->excludes[seen->v[i]];

		if (!r || !regex_search(r, path))
			seen->v[kept++] = seen->v[i];
	}
	seen->n = kept;
}

void indicators_by_name(const struct indicators *in, struct bytes path,
			uint64_t size, struct sightings *seen)
{
	struct name_hit hit = {in, seen};
	char text[24];

	if (in->names)
		regex_set_search(in->names, path, on_name, &hit);
	keys_find(&in->paths, path, seen);
	if (size != SIZE_UNKNOWN && in->sizes.n) {
		(void)snprintf(text, sizeof text, "%" PRIu64, size);
		keys_find(&in->sizes, bytes_str(text), seen);
	}
	drop_excluded(in, path, seen);
}

void indicators_by_hash(const struct indicators *in, enum hash_alg alg,
			const uint8_t digest[HASH_LEN_MAX],
			struct sightings *seen)
{
	for (size_t i = 0; i < ARRAY_SIZE(hash_kinds); i++)
		if (hash_kinds[i].alg == alg)
			keys_find(&in->hashes[alg],
				  bytes_of(digest, hash_kinds[i].n), seen);
}

static bool is_in_net(const struct indicator_net *net, const uint8_t addr[16])
{
	size_t whole = net->prefix / 8;
	unsigned rest = net->prefix % 8;

	if (memcmp(net->addr, addr, whole) != 0)
		return false;
	return !rest || (net->addr[whole] ^ addr[whole]) >> (8 - rest) == 0;
}

void indicators_by_peer(const struct indicators *in, const uint8_t addr[16],
			uint64_t port, struct sightings *seen)
{
	for (size_t i = 0; i < in->n_peers; i++) {
		const struct indicator_peer *p = &in->peers[i];

		if ((!p->net.port || p->net.port == port) &&
		    is_in_net(&p->net, addr))
			seen_add(seen, p->of);
	}
}

void indicators_add_name(struct indicators *in, struct bytes name,
			 struct bytes addr)
{
	struct sightings domains = {0};
	struct indicator_net net;
	struct buf lower;
	struct bytes rest;
	struct err err;

	buf_init(&lower, INDICATOR_VALUE_MAX);
	if (indicator_net(addr, &net) &&
	    indicator_normal(INDICATOR_DOMAIN, name, &lower, &err) == ERR_OK) {
		/* a.b.c is below b.c, which is below c */
		for (rest = buf_bytes(&lower); rest.n;) {
			struct bytes label;

			keys_find(&in->domains, rest, &domains);
			(void)bytes_split(&rest, '.', &label);
		}
	}
	for (size_t i = 0; i < domains.n; i++)
		add_peer(in, domains.v[i], &net);
	buf_release(&lower);
}
