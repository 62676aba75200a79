# tests/engine: libyara made faster against libyara as it comes
EXTRA_DIST += tests/engine/rules.sh
dist_check_SCRIPTS += tests/engine/same.sh
TESTS += tests/engine/same.sh
if PROBE
check_PROGRAMS += tests/engine/corpus tests/engine/scan_plain \
	tests/engine/scan_faster tests/engine/cut
TESTS += tests/engine/cut
tests_engine_corpus_SOURCES = tests/engine/corpus.c
tests_engine_corpus_LDADD = $(BASE_LIB)
# Linked like the probe; what automake takes for files may be options.
tests_engine_scan_plain_SOURCES = tests/engine/scan.c $(base_common)
tests_engine_scan_plain_CPPFLAGS = $(PROBE_CPPFLAGS) $(PROBE_CPPFLAGS_$(PROBE_ARCH)) \
	-DNEW_SCANNERS
tests_engine_scan_plain_CFLAGS = $(PROBE_CFLAGS)
tests_engine_scan_plain_LDFLAGS = -static
tests_engine_scan_plain_DEPENDENCIES =
tests_engine_scan_plain_LDADD = $(PROBE_LIBS_$(PROBE_ARCH))
tests_engine_scan_faster_SOURCES = tests/engine/scan.c $(base_common) \
	$(probe_faster) src/probe/bounds.c src/rule/need.c \
	src/rule/condition.c src/rule/lex.c
tests_engine_scan_faster_CPPFLAGS = $(PROBE_CPPFLAGS) $(PROBE_CPPFLAGS_$(PROBE_ARCH))
tests_engine_scan_faster_CFLAGS = $(PROBE_CFLAGS)
tests_engine_scan_faster_LDFLAGS = -static $(faster_LINK)
tests_engine_scan_faster_DEPENDENCIES =
tests_engine_scan_faster_LDADD = $(PROBE_LIBS_$(PROBE_ARCH))
tests_engine_cut_SOURCES = tests/engine/cut.c $(base_common) \
	$(probe_faster)
tests_engine_cut_CPPFLAGS = $(PROBE_CPPFLAGS) $(PROBE_CPPFLAGS_$(PROBE_ARCH))
tests_engine_cut_CFLAGS = $(PROBE_CFLAGS)
tests_engine_cut_LDFLAGS = -static $(faster_LINK)
tests_engine_cut_DEPENDENCIES =
tests_engine_cut_LDADD = $(PROBE_LIBS_$(PROBE_ARCH))
endif
