CASE_LIB = src/case/libcase.a
noinst_LIBRARIES += $(CASE_LIB)
src_case_libcase_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
src_case_libcase_a_SOURCES = src/case/case.h src/case/case.c \
	src/case/casefile.h src/case/db.h src/case/db.c \
	src/case/schema.h src/case/schema.c src/case/schema_v1.c src/case/schema_v2.c src/case/schema_v3.c src/case/schema_v4.c \
	src/case/schema_v5.c src/case/schema_v6.c src/case/schema_v7.c src/case/facts.c \
	src/case/audit.h src/case/audit.c src/case/book.h src/case/book.c \
	src/case/apply.c src/case/apply_reach.c src/case/apply_run.c src/case/records.h \
	src/case/records.c src/case/events.c src/case/event_rows.c \
	src/case/fold.c src/case/had.c src/case/legs.c src/case/known.c src/case/findings.c \
	src/case/apply_hunt.c \
	src/case/exclusions.c src/case/diff.c src/case/apply_indicator.c \
	src/case/sightings.c src/case/apply_check.c \
	src/case/judge.h src/case/judge.c \
	src/case/judge_gaps.h src/case/judge_gaps.c src/case/judge_tables.h src/case/judge_tables.c \
	src/case/judge_functions.h src/case/judge_guard.h src/case/judge_functions.c src/case/judge_guard.c \
	src/case/streams.c src/case/errands.h src/case/errands.c src/case/pack.h src/case/pack.c src/case/evidence.c src/case/words.c \
	src/case/owner.c src/case/writer.h src/case/writer.c \
	src/case/info.c src/case/reader.c src/case/read.c src/case/paging.h src/case/paging.c src/case/sorting.c src/case/stacking.c \
	src/case/rows.c src/case/verify.h src/case/verify.c \
	src/case/verify_rows.c
