DETECT_LIB = src/detect/libdetect.a
noinst_LIBRARIES += $(DETECT_LIB)
src_detect_libdetect_a_CPPFLAGS = $(AM_CPPFLAGS) $(YARA_CFLAGS)
src_detect_libdetect_a_SOURCES = src/detect/detect.h src/detect/check.c \
	src/detect/checkset.h src/detect/checkset.c
