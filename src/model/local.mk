MODEL_LIB = src/model/libmodel.a
noinst_LIBRARIES += $(MODEL_LIB)
src_model_libmodel_a_SOURCES = src/model/record.h src/model/rows.h \
	src/model/change.h src/model/change.c \
	src/model/job.h src/model/job.c \
	src/model/externals.h \
	src/model/views.c src/model/value.c src/model/row_json.c
