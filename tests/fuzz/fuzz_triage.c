/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of kernels and programs that the triage reads: the first byte says
 * which. Nothing told may be larger than a record. */
#include "base/base.h"

#include <fcntl.h>

#include "fuzz/fuzz.h"
#include "probe/container.h"
#include "probe/firewall.h"
#include "probe/hidden.h"
#include "probe/jsonread.h"
#include "probe/odd.h"
#include "probe/pathsign.h"
#include "probe/pkgdb.h"
#include "probe/procstat.h"
#include "probe/proctext.h"
#include "probe/said.h"
#include "probe/socket.h"
#include "probe/take.h"
#include "probe/triage.h"
#include "probe/triage_module.h"
#include "probe/triage_program.h"
#include "probe/webscript.h"

const char fuzz_name[] = "triage";

static bool is_within(struct bytes part, struct bytes all)
{
	return part.n == 0 ||
	       (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

static void on_stat(struct tell *t UNUSED, struct bytes b)
{
	struct proc_stat s;

	if (proc_stat_parse(b, &s))
		FUZZ_CHECK(is_within(s.comm, b));
}

static void on_group(struct tell *t UNUSED, struct bytes b)
{
	struct bytes id = {0}, group = proc_cgroup(b);

	FUZZ_CHECK(is_within(group, b));
	(void)cgroup_container(group, &id);
	FUZZ_CHECK(is_within(id, b));
}

static void on_sockets(struct tell *t UNUSED, struct bytes b)
{
	char shown[SOCK_SHOWN_MAX];
	struct socktable table;

	for (size_t i = 0; socktable_names[i]; i++) {
		socktable_init(&table);
		socktable_add(&table, socktable_names[i], b, 1, i % 2);
		(void)socktable_find(&table, 1);
		for (size_t k = 0; k < table.n; k++)
			FUZZ_CHECK(sock_show(&table.v[k], shown).n <
				   sizeof shown);
		socktable_release(&table);
	}
}

static void on_modules(struct tell *t, struct bytes b)
{
	struct bytes rest = b, line;
	struct module_line m;

	while (bytes_split(&rest, '\n', &line)) {
		if (module_parse(line, &m)) {
			module_tell(t, &m);
			triage_end(t);
		}
		FUZZ_CHECK(is_within(symbol_module(line), b));
	}
	FUZZ_CHECK(is_within(module_file(b, bytes_str("a_b")), b));
}

static void on_maps(struct tell *t, struct bytes b)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	(void)buf_add_bytes(&text, b);
	triage_begin(t, "process", b);
	maps_take(t, &text, true);
	triage_end(t);
	buf_release(&text);
}

static void on_routes(struct tell *t, struct bytes b)
{
	take_routes(t, b, b.n % 2);
	take_routes6(t, b);
	take_neighbours(t, b);
	(void)take_netlink_neighbours(t, b);
}

static void on_values(struct tell *t, struct bytes b)
{
	struct bytes value;
	uint64_t inode;

	take_setting(t, b, b);
	(void)hidden_cap(b, b, b.n);
	(void)proc_value(b, "Uid:", &value);
	(void)socket_of_link(b, &inode);
	(void)program_kind(b);
	(void)environ_matters(b);
}

static void on_said(struct tell *t, struct bytes b)
{
	struct numbers said = {0}, listening = {0};

	said_processes(b, &said);
	said_long_names(b, &said);
	said_found(b, "/tmp", &said);
	said_logins(b, &said);
	said_modules(b, &said);
	said_names(b, &said);
	said_sockets(b, &said, &listening);
	FUZZ_CHECK(said.n <= SAID_MAX);
	for (size_t i = 1; i < said.n; i++)
		FUZZ_CHECK(said.v[i - 1] < said.v[i]);
	numbers_release(&said);
	numbers_release(&listening);
	(void)take_nft(t, b);
	(void)take_iptables(t, "iptables", b);
}

static void on_containers(struct tell *t, struct bytes b)
{
	struct bytes value;

	if (json_at(b, "a.b.c", &value))
		FUZZ_CHECK(is_within(value, b));
	take_docker(t, b, b, b);
	take_oci(t, "containerd", b, b, 1);
	take_lxc(t, b, b);
}

static void on_package(void *arg, const struct pkg *p)
{
	struct tell *t = arg;

	triage_begin(t, "package", p->name);
	tell_bytes(t, "version", p->version);
	triage_end(t);
}

static void on_package_file(void *arg UNUSED, const struct pkg_file *f)
{
	FUZZ_CHECK(f->n_hash <= sizeof f->hash);
}

static void on_packages(struct tell *t, struct bytes b)
{
	struct bytes path;
	bool config, missing;
	struct pkg p;

	pkgdb_dpkg(b, on_package, on_package_file, t);
	pkgdb_md5sums(b, b, on_package_file, t);
	pkgdb_apk(b, on_package, on_package_file, t);
	if (pkgdb_pacman(b, &p))
		on_package(t, &p);
	pkgdb_rpm(b, on_package, t);
	if (pkgdb_rpm_verify(b, &path, &config, &missing))
		FUZZ_CHECK(is_within(path, b));
	(void)pkgdb_diverted(b, b, b);
}

static void on_content(struct tell *t UNUSED, struct bytes b)
{
	const char *signs[WEBSCRIPT_SIGNS];
	char caps[CAPS_ROOM];

	FUZZ_CHECK(webscript_signs(b, signs) <= WEBSCRIPT_SIGNS);
	(void)webscript_name(b);
	(void)content_kind(b);
	odd_caps(b, caps);
	FUZZ_CHECK(strlen(caps) < CAPS_ROOM);
	(void)path_is_hidden(b);
	(void)path_is_scratch(b);
}

static void (*const targets[])(struct tell *t, struct bytes b) = {
	on_stat,    on_group, on_sockets, on_modules,
	take_mounts, on_maps,  on_routes,  on_values,
	on_said,    on_containers, on_packages, on_content,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct run_limits limits;
	struct triage triage = {.top.fd = -1, .has_packages = true};
	struct plan plan = {0};
	struct run run;
	struct out out;
	struct tell tell;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	FUZZ_CHECK(fd >= 0);
	if (size == 0) {
		close_fd(fd);
		return 0;
	}
	out_init(&out, fd, OUT_LEVEL_LIVE);
	run_init(&run, &plan, NULL, &out, NULL, &limits);
	tell_init(&tell, &triage, &run, INT64_MAX / 4);
	targets[data[0] % ARRAY_SIZE(targets)](&tell,
					       bytes_of(data + 1, size - 1));
	FUZZ_CHECK(!atomic_load(&out.dead));
	tell_release(&tell);
	run_release(&run);
	out_release(&out);
	close_fd(fd);
	return 0;
}
