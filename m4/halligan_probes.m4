dnl SPDX-License-Identifier: Apache-2.0
dnl The static probes: the one of this machine, and of each other architecture
dnl whose cross compiler and static libraries are there.
dnl
dnl Each has, by its name: PROBE_CC_x, PROBE_CPPFLAGS_x, PROBE_LIBS_x and
dnl PROBE_ENGINE_x ("libyara 4.5.2"). PROBE_ARCH is this machine's, PROBE_ARCHES
dnl are those that can be built. The rules are in src/probe/bundle.mk.

dnl HALLIGAN_PROBE_TRY(NAME, DEBIAN-NAME, TRIPLET, MORE-CPPFLAGS): sets probe_why,
dnl empty when a probe of that name can be built. An own sysroot comes before
dnl what is installed, which only this machine's own probe can use. own is
dnl where that one's would be.
AC_DEFUN([HALLIGAN_PROBE_TRY], [
  probe_why= probe_libs=
  probe_root=$with_probe_sysroot/$2
  probe_cpp="$4" probe_path=
  AS_IF([test -r "$probe_root/usr/include/yara.h"],
    [probe_lib=`echo "$probe_root"/usr/lib/*-linux-gnu*`
     probe_cpp="$probe_cpp -isystem $probe_root/usr/include -isystem $probe_root/usr/include/`basename "$probe_lib"`"
     probe_path="-L$probe_lib"
     probe_from=$probe_root
     probe_rest="-lutf8proc -lzstd -lcrypto -lpthread -ldl -lm"
     probe_pc=`PKG_CONFIG_LIBDIR="$probe_lib/pkgconfig" $PKG_CONFIG --static --libs-only-l yara libmagic libcrypto libzstd 2>/dev/null`],
    [test "$1" = "$PROBE_ARCH"],
    [probe_cpp="$probe_cpp $CRYPTO_CFLAGS $UTF8PROC_CFLAGS $ZSTD_CFLAGS $YARA_CFLAGS"
     probe_from="this system"
     probe_rest="-lutf8proc -lzstd -lcrypto -lpthread -ldl -lm"
     probe_pc=`$PKG_CONFIG --static --libs yara libmagic libcrypto libzstd 2>/dev/null`],
    [probe_why="no libraries for it in $with_probe_sysroot"])
  AS_IF([test "$1" = "$PROBE_ARCH"], [PROBE_CC_$1=$CC own=$probe_root],
        [AC_CHECK_PROG([PROBE_CC_$1], [$3-gcc], [$3-gcc])
         test -n "$PROBE_CC_$1" || probe_why="no $3-gcc"])
  AS_IF([test -z "$probe_why"],
    [
     save_CC=$CC save_CPPFLAGS=$CPPFLAGS save_LDFLAGS=$LDFLAGS save_LIBS=$LIBS
     CC=$PROBE_CC_$1 CPPFLAGS="$CPPFLAGS $probe_cpp"
     LDFLAGS="$LDFLAGS -static $probe_path"
     for try in "-lyara -lmagic -larchive -lnettle -ljansson -lcrypto -lbz2 -llzma -lz $probe_rest" "-lyara -larchive -lnettle $probe_pc -lbz2 -llzma -lz $probe_rest"; do
       LIBS=$try
       AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <yara.h>
#include <archive.h>]],
                      [[return yr_initialize() + archive_read_support_format_zip(archive_read_new()) +
                        archive_read_support_filter_xz(archive_read_new());]])],
                      [probe_libs="$probe_path $try"; break])
     done
     PROBE_ENGINE_$1=`echo '#include <yara.h>
halligan YR_VERSION' | $CC $CPPFLAGS -E -P - 2>/dev/null | sed -n '/^halligan /{s///;s/[[" ]]//g;p;}'`
     PROBE_ENGINE_$1="libyara $PROBE_ENGINE_$1"
     CC=$save_CC CPPFLAGS=$save_CPPFLAGS LDFLAGS=$save_LDFLAGS LIBS=$save_LIBS
     test -n "$probe_libs" || probe_why="it cannot be linked statically with what $probe_from has"])
  AS_IF([test -z "$probe_why"],
    [dnl Debian compiled libyara with the compiler's own time_t.
     probe_cc="$CC" CC=$PROBE_CC_$1
     AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <time.h>]], [[static char is_long@<:@sizeof(time_t) == 8 ? 1 : -1@:>@; return is_long@<:@0@:>@;]])],
       [], [probe_cpp="$probe_cpp -include probe/yara32.h"])
     CC=$probe_cc])
  PROBE_CPPFLAGS_$1=$probe_cpp
  PROBE_LIBS_$1=$probe_libs
  AC_SUBST([PROBE_CC_$1])
  AC_SUBST([PROBE_CPPFLAGS_$1])
  AC_SUBST([PROBE_LIBS_$1])
  AC_SUBST([PROBE_ENGINE_$1])
  AS_IF([test -z "$probe_why"],
    [PROBE_ARCHES="$PROBE_ARCHES $1"
     probe_summary="$probe_summary
  $1: $PROBE_ENGINE_$1, from $probe_from"],
    [probe_summary="$probe_summary
  $1: not built: $probe_why"])
])

dnl HALLIGAN_OWN_ENGINE: the console compiles rules with the library that the
dnl probe of this machine has, where that comes from a sysroot: an older one
dnl would refuse modules that the probe knows, and could not send it rules in
dnl compiled form. Of the sysroot's headers it sees no others.
AC_DEFUN([HALLIGAN_OWN_ENGINE], [
  AS_IF([test -r "$own/usr/include/yara.h"], [
    own_lib=`echo "$own"/usr/lib/*-linux-gnu*`
    rm -rf yara-headers && mkdir yara-headers &&
      ln -s "$own/usr/include/yara.h" "$own/usr/include/yara" yara-headers/
    save_CPPFLAGS=$CPPFLAGS save_LIBS=$LIBS
    own_cflags="-isystem `pwd`/yara-headers"
    own_libs="$own_lib/libyara.a $own_lib/libmagic.a $own_lib/libjansson.a $CRYPTO_LIBS -llzma -lbz2 -lz -lm -lpthread"
    CPPFLAGS="$CPPFLAGS $own_cflags" LIBS="$own_libs $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <yara.h>]], [[return yr_initialize();]])],
      [YARA_CFLAGS=$own_cflags YARA_LIBS=$own_libs
       probe_summary="$probe_summary
  the console compiles rules with the same"])
    CPPFLAGS=$save_CPPFLAGS LIBS=$save_LIBS])
])

AC_DEFUN([HALLIGAN_PROBES], [
AC_REQUIRE([AC_CANONICAL_HOST])
AC_ARG_WITH([probe-sysroot],
	[AS_HELP_STRING([--with-probe-sysroot=DIR], [link probes with the libraries in DIR/amd64, DIR/arm64, ..., as scripts/probe-sysroot gets them; those of other architectures need a cross compiler, too])],
	[], [with_probe_sysroot=no])
PROBE_ARCHES=
probe_summary=
AS_CASE([$host_cpu], [i?86], [PROBE_ARCH=i386], [arm*], [PROBE_ARCH=armhf],
        [PROBE_ARCH=$host_cpu])
AS_IF([test "$enable_probe" = yes], [
  AC_CHECK_PROG([ZSTD_PROGRAM], [zstd], [zstd])
  AS_IF([test -z "$ZSTD_PROGRAM"], [AC_MSG_ERROR([zstd is needed to pack the probe (Debian: zstd), or configure with --disable-probe])])
  dnl 32 bits: long files and late times all the same. gcc for ARM tells of
  dnl what another gcc, ten years ago, would have laid out otherwise.
  probe_wide="-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -Wno-psabi"
  HALLIGAN_PROBE_TRY([x86_64], [amd64], [x86_64-linux-gnu], [])
  HALLIGAN_PROBE_TRY([aarch64], [arm64], [aarch64-linux-gnu], [])
  HALLIGAN_PROBE_TRY([armhf], [armhf], [arm-linux-gnueabihf], [$probe_wide])
  HALLIGAN_PROBE_TRY([i386], [i386], [i686-linux-gnu], [$probe_wide])
  AS_CASE([" $PROBE_ARCHES "], [*" $PROBE_ARCH "*], [],
          [AC_MSG_ERROR([the static probe cannot be built; it needs libyara-dev libmagic-dev libjansson-dev libssl-dev libbz2-dev liblzma-dev zlib1g-dev libzstd-dev libutf8proc-dev libarchive-dev nettle-dev with their static archives, or configure with --disable-probe])])])
AS_IF([test "$enable_probe" = yes], [HALLIGAN_OWN_ENGINE])
AC_SUBST([PROBE_ARCH])
AC_SUBST([PROBE_ARCHES])
AM_CONDITIONAL([PROBE], [test "$enable_probe" = yes])
])
