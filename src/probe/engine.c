/* SPDX-License-Identifier: Apache-2.0 */
/* Our end of scanning: orders to the children, and what they say of them. */
#include "base/base.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/time.h"
#include "probe/engine.h"
#include "probe/hear.h"
#include "probe/nursery.h"

/* Over an order's time before the child is held for hung. */
#define GRACE_NS (2 * NS_PER_S)
/* Forking a child and its way into the jail. */
#define START_NS (30 * NS_PER_S)

/* What a child may take: when no budget says it, and whatever that says. */
#define MEMORY_EACH  ((uint64_t)256 << 20)
#define MEMORY_LEAST ((uint64_t)16 << 20)

struct engine {
	pid_t pid;
	pthread_mutex_t lock; /* of chan */
	struct chan chan;
	uint8_t *areas;
	size_t n_scanners;
	uint64_t uses, n_rules;
	atomic_bool told; /* that children are jailed by halves only */
};

struct scanner {
	struct engine *engine;
	uint32_t slot;
	struct chan chan; /* to the child; fd -1: there is none */
	struct buf msg;
	uint64_t cpu_new; /* ns its children used, not yet taken */
	bool parted;      /* the child has a part of the rules only */
};

static size_t areas_size(const struct engine *engine)
{
	return MAX(engine->n_scanners * ENGINE_AREA, (size_t)1);
}

static uint64_t memory_each(const struct engine *engine,
			    const struct plan *plan)
{
	uint64_t all = plan->budget.memory_bytes;

	if (!all)
		return MEMORY_EACH;
	return MAX(all / MAX(engine->n_scanners, (size_t)1), MEMORY_LEAST);
}

static enum err_code fork_nursery(struct engine *engine,
				  const struct plan *plan, struct err *err)
{
	struct nursery_setup setup = {
		.plan = plan,
		.areas = engine->areas,
		.n_slots = engine->n_scanners,
		.memory_bytes = memory_each(engine, plan),
		.parent = getpid(),
	};
	enum err_code code;
	int fds[2];

	code = chan_pair(fds, err);
	if (code != ERR_OK)
		return code;
	engine->pid = fork();
	if (engine->pid == 0) {
		close_fd(fds[0]);
		nursery_main(&setup, fds[1]);
	}
	close_fd(fds[1]);
	if (engine->pid < 0) {
		code = err_errno(err, "starting a process that scans");
		close_fd(fds[0]);
		return code;
	}
	chan_init(&engine->chan, fds[0]);
	return ERR_OK;
}

enum err_code engine_start(const struct plan *plan, size_t n_scanners,
			   struct engine **out, struct err *err)
{
	struct engine *engine = xcalloc(1, sizeof *engine);
	enum err_code code;

	*out = NULL;
	engine->n_scanners = n_scanners;
	engine->areas = mmap(NULL, areas_size(engine), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (engine->areas == MAP_FAILED) {
		free(engine);
		return err_set(err, ERR_LIMIT, "no memory for scanning");
	}
	code = fork_nursery(engine, plan, err);
	if (code != ERR_OK) {
		(void)munmap(engine->areas, areas_size(engine));
		free(engine);
		return code;
	}
	if (pthread_mutex_init(&engine->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	*out = engine;
	return ERR_OK;
}

enum err_code engine_await(struct engine *engine, struct deadline d,
			   struct err *err)
{
	struct engine_ready ready;
	struct frame f;
	enum err_code code = chan_wait(&engine->chan, &f, d, err);

	if (code == ERR_NET)
		return err_set(err, ERR_FORMAT,
			       "libyara crashes on these rules");
	if (code == ERR_OK)
		code = order_decode(&f, FRAME_READY, &ready, err);
	if (code != ERR_OK)
		return code;
	engine->uses = ready.uses;
	engine->n_rules = ready.n_rules;
	if (ready.code == ERR_OK)
		return ERR_OK;
	return err_set(err, (enum err_code)MIN(ready.code, ERR_N_CODES - 1),
		       "%.*s", (int)ready.message.n,
		       (const char *)ready.message.p);
}

void engine_stop(struct engine *engine)
{
	if (!engine)
		return;
	chan_release(&engine->chan); /* the end of file it waits for */
	while (waitpid(engine->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	(void)munmap(engine->areas, areas_size(engine));
	(void)pthread_mutex_destroy(&engine->lock);
	free(engine);
}

bool engine_uses(const struct engine *engine, enum external e)
{
	return (engine->uses >> e & 1) != 0;
}

uint64_t engine_rules(const struct engine *engine)
{
	return engine->n_rules;
}

struct scanner *scanner_new(struct engine *engine, size_t slot)
{
	struct scanner *s = xcalloc(1, sizeof *s);

	if (slot >= engine->n_scanners)
		BUG("scanner %zu of %zu", slot, engine->n_scanners);
	s->engine = engine;
	s->slot = (uint32_t)slot;
	s->chan.fd = -1;
	buf_init(&s->msg, CHAN_BODY_MAX);
	return s;
}

void scanner_free(struct scanner *s)
{
	if (!s)
		return;
	if (s->chan.fd >= 0)
		chan_release(&s->chan); /* the child ends */
	buf_release(&s->msg);
	free(s);
}

uint8_t *scanner_area(struct scanner *s)
{
	return s->engine->areas + s->slot * ENGINE_AREA;
}

uint64_t scanner_take_cpu_ns(struct scanner *s)
{
	uint64_t ns = s->cpu_new;

	s->cpu_new = 0;
	return ns;
}

static enum err_code tell_nursery(struct scanner *s, enum engine_frame type,
				  int fd, struct err *err)
{
	struct deadline d = deadline_in(START_NS, NULL);
	uint8_t slot[4] = {0, 0, 0, (uint8_t)s->slot};
	struct chan *chan = &s->engine->chan;
	enum err_code code;

	pthread_mutex_lock(&s->engine->lock);
	code = chan_send_fd(chan, type, bytes_of(slot, sizeof slot), fd, d,
			    err);
	pthread_mutex_unlock(&s->engine->lock);
	return code;
}

/* Ends a child that is dead, hangs, or says what no child of ours says. */
static void give_up(struct scanner *s)
{
	struct err err;

	chan_release(&s->chan);
	if (tell_nursery(s, FRAME_KILL, -1, &err) != ERR_OK)
		return; /* then the engine is gone, and its children with it */
}

static enum err_code await_jailed(struct scanner *s, struct deadline d,
				  struct err *err)
{
	struct frame f;
	enum err_code code;

	code = chan_wait(&s->chan, &f, deadline_within(d, START_NS), err);
	if (code == ERR_OK && (f.type != FRAME_JAILED || f.body.n != 4))
		code = err_set(err, ERR_FORMAT, "a child says %u first",
			       f.type);
	if (code == ERR_OK && f.body.p[3] == 0 &&
	    !atomic_exchange(&s->engine->told, true))
		fputs("halligan-probe: this kernel has no system call filters: "
		      "files are scanned without\n",
		      stderr);
	return code;
}

/* A child to talk to: the one there is, or a new one. */
static enum err_code have_child(struct scanner *s, struct deadline d,
				struct err *err)
{
	enum err_code code;
	int fds[2];

	if (s->chan.fd >= 0)
		return ERR_OK;
	code = chan_pair(fds, err);
	if (code != ERR_OK)
		return code;
	code = tell_nursery(s, FRAME_START, fds[1], err);
	close_fd(fds[1]);
	chan_init(&s->chan, fds[0]);
	if (code == ERR_OK)
		code = await_jailed(s, d, err);
	if (code != ERR_OK)
		give_up(s);
	return code;
}

static enum err_code send_order(struct scanner *s, enum engine_frame type,
				const struct scan_order *order, int fd,
				struct deadline d, struct err *err)
{
	enum err_code code = order_encode(type, order, &s->msg, err);

	if (code != ERR_OK)
		return code;
	if (fd >= 0)
		return chan_send_fd(&s->chan, type, buf_bytes(&s->msg), fd, d,
				    err);
	return chan_send(&s->chan, type, buf_bytes(&s->msg), err);
}

/* A piece that is gone, or fails, is one without bytes. */
static enum err_code give_piece(struct scanner *s,
				const struct scan_pieces *pieces,
				struct bytes asked, struct err *err)
{
	struct reader r = reader_of(asked);
	uint32_t number = rd_u32be(&r);
	struct scan_piece piece = {0};
	enum err_code code;

	if (r.bad || !pieces)
		return err_set(err, ERR_FORMAT, "a piece of nothing");
	if (!(number == PIECE_NEXT
		      ? pieces->next(pieces->user, &piece)
		      : pieces->again(pieces->user, number, &piece)))
		piece.length = 0;
	code = order_encode(FRAME_PIECE, &piece, &s->msg, err);
	if (code == ERR_OK)
		code = chan_send(&s->chan, FRAME_PIECE, buf_bytes(&s->msg),
				 err);
	return code;
}

/* The child waits to know. */
static enum err_code answer_seen(struct scanner *s, struct hearing *h,
				 const struct frame *f, struct err *err)
{
	uint8_t answer[4] = {0};
	bool heed;
	enum err_code code = hear_seen(h, f, &heed, err);

	if (code != ERR_OK)
		return code;
	answer[3] = heed;
	return chan_send(&s->chan, FRAME_HEED,
			 bytes_of(answer, sizeof answer), err);
}

static enum err_code hear_all(struct scanner *s, struct hearing *h,
			      const struct scan_pieces *pieces,
			      struct deadline d, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !h->ended) {
		struct frame f;

		code = chan_wait(&s->chan, &f, d, err);
		if (code == ERR_OK && f.type == FRAME_WANT)
			code = give_piece(s, pieces, f.body, err);
		else if (code == ERR_OK && f.type == FRAME_SEEN)
			code = answer_seen(s, h, &f, err);
		else if (code == ERR_OK)
			code = hear(h, &f, err);
	}
	return code;
}

/* Why a scan had no end. */
static enum reason reason_of(enum err_code code, struct deadline d)
{
	if (code == ERR_CANCELLED ||
	    (code == ERR_TIMEOUT && deadline_left(d) == 0))
		return REASON_STOPPED;
	return code == ERR_TIMEOUT ? REASON_TIMEOUT : REASON_CRASH;
}

/* One that has a part of the rules has them for good. */
static void renew_child(struct scanner *s, bool part)
{
	if ((part || s->parted) && s->chan.fd >= 0)
		give_up(s);
	s->parted = part;
}

/* How the content is given: by one of fd, pieces, or the area. */
struct given {
	enum engine_frame type;
	int fd;
	const struct scan_pieces *pieces;
};

static enum reason scan(struct scanner *s, const struct given *given,
			struct hearing *h, struct deadline d)
{
	const struct scan_order *order = h->order;
	int64_t span =
		(int64_t)(order->timeout_ms + order->unpack_ms) * NS_PER_MS +
		GRACE_NS;
	struct deadline own;
	enum err_code code;
	struct err err;

	h->n_rules = s->engine->n_rules;
	h->begun_ns = time_mono_ns();
	renew_child(s, order->part);
	code = have_child(s, d, &err);
	if (code != ERR_OK)
		return reason_of(code, d) == REASON_STOPPED ? REASON_STOPPED
							    : REASON_ENGINE;
	own = deadline_within(d, span);
	code = send_order(s, given->type, order, given->fd, own, &err);
	if (code == ERR_OK)
		code = hear_all(s, h, given->pieces, own, &err);
	if (code == ERR_OK) {
		s->cpu_new += h->end.cpu_ns;
		return (enum reason)h->end.reason;
	}
	give_up(s);
	h->end = (struct scan_end){0};
	return reason_of(code, d);
}

enum reason scanner_scan(struct scanner *s, const struct scan_order *order,
			 int fd, struct deadline d,
			 const struct scan_sink *sink, struct scan_end *end)
{
	const struct given given = {.type = fd < 0 ? FRAME_SCAN : FRAME_SCAN_FD,
				    .fd = fd};
	struct hearing h = {.order = order, .sink = sink};
	enum reason reason = scan(s, &given, &h, d);

	*end = h.end;
	return reason;
}

bool scanner_rule_name(struct scanner *s, uint64_t number, struct deadline d,
		       struct buf *out)
{
	const struct given given = {.type = FRAME_SCAN, .fd = -1};
	const struct scan_order order = {
		.part = true, .part_from = number, .part_n = 1, .name = true};
	struct hearing h = {.order = &order};

	/* Nothing is scanned, so that nothing is heard but its end. */
	return scan(s, &given, &h, d) == REASON_SCANNED && h.end.rule.n &&
	       buf_add_bytes(out, h.end.rule);
}

enum reason scanner_scan_pieces(struct scanner *s,
				const struct scan_order *order,
				const struct scan_pieces *pieces,
				struct deadline d, const struct scan_sink *sink)
{
	const struct given given = {
		.type = FRAME_SCAN_PIECES, .fd = -1, .pieces = pieces};
	struct hearing h = {.order = order, .sink = sink};

	return scan(s, &given, &h, d);
}
