# tests/probe: the static programs, of this and of other architectures
static_tests = tests/probe/sysroot.sh tests/probe/lean.sh
dist_check_SCRIPTS += $(static_tests)
TESTS += $(static_tests)
