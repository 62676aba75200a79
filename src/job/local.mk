# job: one source a line, so that two people can add one each
JOB_LIB = src/job/libjob.a
noinst_LIBRARIES += $(JOB_LIB)
src_job_libjob_a_SOURCES = \
	src/job/job.h \
	src/job/job.c \
	src/job/engine.h \
	src/job/engine.c \
	src/job/hostrun.c \
	src/job/link.c \
	src/job/trust.c \
	src/job/known.c \
	src/job/keys.c \
	src/job/ask.c \
	src/job/password.c \
	src/job/intake.c \
	src/job/caps.c \
	src/job/told.c \
	src/job/outcome.c \
	src/job/reconnect.c src/job/proxy.c \
	src/job/board.c \
	src/job/clock.c \
	src/job/begin.c \
	src/job/schedule.c \
	src/job/rate.c \
	src/job/eta.c \
	src/job/unreached.c \
	src/job/whose.c \
	src/job/culprit.c \
	src/job/bundle.h \
	src/job/bundle.c \
	src/job/control.c \
	src/job/shell.c \
	src/job/shell_patterns.h \
	src/job/shell_patterns.c \
	src/job/shell_script.h \
	src/job/shell_script.c
