# probe: the sources twice, for the static program and for the unit tests
probe_lean_common = src/probe/plan.h src/probe/plan.c src/probe/plan_inside.h \
	src/probe/plan_more.c src/probe/in.h \
	src/probe/in.c src/probe/out.h \
	src/probe/out.c src/probe/coverage.h src/probe/coverage.c \
	src/probe/limits.h src/probe/limits.c src/probe/pressure.h \
	src/probe/pressure.c src/probe/budget.h src/probe/budget.c \
	src/probe/run.h \
	src/probe/run.c src/probe/work.h src/probe/work.c \
	src/probe/top.h src/probe/top.c \
	src/probe/packages.h src/probe/packages.c src/probe/filter.h \
	src/probe/filter.c src/probe/names.h src/probe/names.c \
	src/probe/helper.h src/probe/helper.c \
	src/probe/under.h src/probe/under.c \
	src/probe/packed.h src/probe/packed.c \
	src/probe/torn.h src/probe/torn.c \
	src/probe/slow.h src/probe/slow.c \
	src/probe/levels.h src/probe/levels.c src/probe/cursor.h \
	src/probe/cursor.c \
	src/probe/fstype.h src/probe/fstype.c src/probe/mounts.h \
	src/probe/mounts.c src/probe/walk.h \
	src/probe/walk.c src/probe/file.h src/probe/file.c \
	src/probe/stat.c src/probe/had.c src/probe/found.h src/probe/found.c \
	src/probe/owner.h src/probe/owner.c \
	src/probe/filetype.h src/probe/filetype.c \
	src/probe/serve.h src/probe/serve.c src/probe/hello.c
probe_lean_common += src/probe/indicator.h src/probe/indicator.c \
	src/probe/sight.h src/probe/sight.c \
	src/probe/process.h src/probe/process.c \
	src/probe/regions.h src/probe/regions.c \
	src/probe/memory.h src/probe/memory.c \
	src/probe/feed.h src/probe/feed.c src/probe/feed_meta.c \
	src/probe/feed_walk.h src/probe/feed_walk.c \
	src/probe/pattern.h src/probe/pattern.c \
	src/probe/secret.h src/probe/secret.c \
	src/probe/feed_triage.h src/probe/feed_triage.c \
	src/probe/unit_link.h src/probe/unit_link.c \
	src/probe/same.h src/probe/same.c src/probe/socket.h \
	src/probe/socket.c
# The live picture of a host.
probe_lean_common += src/probe/triage.h src/probe/triage.c src/probe/tell.h \
	src/probe/tell.c src/probe/take.h src/probe/proctext.h \
	src/probe/proctext.c src/probe/procstat.h src/probe/procstat.c \
	src/probe/pathsign.h src/probe/pathsign.c src/probe/hidden.h \
	src/probe/hidden.c src/probe/socktable.h src/probe/socktable.c \
	src/probe/triage_fds.h src/probe/triage_fds.c \
	src/probe/triage_program.h src/probe/triage_program.c \
	src/probe/triage_process.c src/probe/triage_socket.c \
	src/probe/triage_host.c src/probe/triage_module.h \
	src/probe/triage_module.c src/probe/triage_kernel.c \
	src/probe/triage_net.c src/probe/triage_neigh.c src/probe/tool.h src/probe/tool.c \
	src/probe/said.h src/probe/said.c src/probe/view.h src/probe/view.c \
	src/probe/triage_views.h src/probe/triage_views.c \
	src/probe/triage_views_net.c src/probe/triage_views_files.c \
	src/probe/triage_bpf.c src/probe/firewall.h \
	src/probe/triage_firewall.c src/probe/triage_log.c \
	src/probe/jsonread.h src/probe/jsonread.c src/probe/container.h \
	src/probe/triage_container.c src/probe/webscript.h \
	src/probe/webscript.c src/probe/odd.h src/probe/odd.c \
	src/probe/triage_files.c src/probe/triage_homes.c \
	src/probe/pkgdb.h src/probe/pkgdb.c src/probe/triage_packages.c
# What scans, or works without a console. src/probe/lean.c is in its place
# where neither is asked for.
probe_common = $(probe_lean_common) src/probe/filemagic.h src/probe/rules.h \
	src/probe/rules.c src/probe/rules_pipe.c \
	src/probe/bounds.h src/probe/bounds.c \
	src/probe/yara.h src/probe/yara32.h src/probe/order.h src/probe/order.c \
	src/probe/engine.h src/probe/engine.c src/probe/hear.h src/probe/hear.c \
	src/probe/nursery.h \
	src/probe/nursery.c src/probe/scan.h src/probe/scan.c \
	src/probe/cell.h src/probe/cell.c src/probe/metas.h \
	src/probe/metas.c src/probe/external.h src/probe/external.c \
	src/probe/unpack.h src/probe/unpack.c src/probe/pieces.h \
	src/probe/pieces.c src/probe/seal.h src/probe/seal.c \
	src/probe/alone.h src/probe/alone.c

# Only tests link this one: sanitised and dynamic like the console.
PROBE_LIB = src/probe/libprobe.a
check_LIBRARIES += $(PROBE_LIB)
src_probe_libprobe_a_SOURCES = $(probe_common)
src_probe_libprobe_a_CPPFLAGS = $(AM_CPPFLAGS) $(YARA_CFLAGS) $(ARCHIVE_CFLAGS)

# Ours in place of libyara's: src/probe/faster.h. Only where libyara is
# linked statically.
probe_faster = src/probe/faster.h src/probe/faster_modules.c \
	src/probe/faster_clean.c src/probe/faster_rules.c \
	src/probe/faster_scan.c
faster_LINK = -Wl,--wrap=yr_execute_code -Wl,--wrap=yr_modules_load \
	-Wl,--wrap=yr_hash_table_lookup -Wl,--wrap=yr_scanner_scan_mem \
	-Wl,--wrap=yr_scanner_scan_mem_blocks \
	-Wl,--wrap=yr_scan_verify_match -Wl,--wrap=yr_rules_destroy \
	-Wl,--wrap=memset

# The static program, by the rules of bundle.mk: the same for each architecture.
probe_sources = src/probe/main.c src/probe/filemagic.c $(probe_common) \
	$(probe_faster) $(rule_common) $(wire_common) $(model_common) \
	$(base_common)
probe_LINK = -static -s -Wl,--wrap=magic_load $(faster_LINK)
EXTRA_DIST += src/probe/main.c src/probe/filemagic.c src/probe/bundle.mk \
	$(probe_faster)
# Names in archives stay as they are.
probe_sources += src/probe/charset.c
probe_LINK += -Wl,--wrap=nl_langinfo
EXTRA_DIST += src/probe/charset.c

# The same without what scans: a third of it, and for hosts where nothing is to
# be scanned.
probe_lean_sources = src/probe/main_lean.c src/probe/lean.c \
	src/base/hash_plain.c src/base/unicode_plain.c \
	$(probe_lean_common) $(wire_common) $(model_common) $(base_common)
EXTRA_DIST += src/probe/main_lean.c src/probe/lean.c src/probe/lean.ld \
	src/base/hash_plain.c src/base/unicode_plain.c

if PROBE
pkglibexec_SCRIPTS += halligan-probe
# What is sent to hosts: each probe in both forms, and a list of them.
probe_DATA += $(PROBE_BUNDLE)
endif
PROBE_PLAIN = $(PROBE_ARCHES:%=halligan-probe-%) \
	$(PROBE_ARCHES:%=halligan-probe-%-lean)
PROBE_BUNDLE = $(PROBE_PLAIN:%=%.zst) $(PROBE_PLAIN:%=%.gz) halligan-probes
-include $(top_srcdir)/src/probe/bundle.mk
clean-local:
	rm -rf $(PROBE_ARCHES:%=probe-%)
	rm -f $(PROBE_PLAIN) $(PROBE_BUNDLE) halligan-probe
