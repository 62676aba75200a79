MODEL_LIB = src/model/libmodel.a
noinst_LIBRARIES += $(MODEL_LIB)
# what the probe needs of it, too
model_common = src/model/record.h src/model/indicator.h \
	src/model/indicator.c src/model/indicator_list.c \
	src/model/severity.h src/model/severity.c \
	src/model/filter.h src/model/filter.c \
	src/model/fstype.h src/model/fstype.c \
	src/model/secret.h src/model/secret.c \
	src/model/redact.h src/model/redact_inside.h src/model/redact.c \
	src/model/redact_hash.c src/model/redact_key.c \
	src/model/redact_token.c src/model/redact_line.c \
	src/model/redact_public.h src/model/redact_public.c \
	src/model/kernel_setting.h src/model/kernel_setting.c
src_model_libmodel_a_SOURCES = $(model_common) src/model/rows.h \
	src/model/change.h src/model/change.c \
	src/model/job.h src/model/job.c src/model/fact.h src/model/fact.c \
	src/model/same.h src/model/same.c \
	src/model/detail.h src/model/detail.c \
	src/model/technique.h src/model/technique.c \
	src/model/externals.h \
	src/model/views.c src/model/stack.c src/model/value.c src/model/row_json.c
