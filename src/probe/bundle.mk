# SPDX-License-Identifier: Apache-2.0
# GNU make, read as it is: two static probes for each architecture that
# configure found a compiler and libraries for, one that scans and a lean one
# of the same objects that does not, and all of them packed.

probe_stems = $(patsubst %.c,%,$(filter %.c,$(probe_sources)))
# In place of the first two are their _plain ones; nothing is encrypted.
probe_lean_not = src/base/hash.c src/base/unicode.c \
	src/base/age.c src/base/bech32.c
probe_lean_stems = $(patsubst %.c,%,$(filter-out $(probe_lean_not),\
	$(filter %.c,$(probe_lean_sources))))
# Those of PROBE_LIBS_x that it needs.
probe_lean_libs = $(filter -L% -lzstd -lcrypto -lpthread -ldl -lm,$(1))

probe_lean_without = $(top_srcdir)/src/probe/lean.ld
probe_lean_LINK = -static -s -Wl,--gc-sections -Wl,--build-id=none \
	-Wl,-z,noseparate-code

# $(1): the architecture
define probe_rules
halligan-probe-$(1): $(probe_stems:%=probe-$(1)/%.o) probe-$(1)/flags
	$$(AM_V_CCLD)$$(PROBE_CC_$(1)) $$(PROBE_CFLAGS) $$(probe_LINK) \
		-o $$@ $$(filter %.o,$$^) $$(PROBE_LIBS_$(1))

halligan-probe-$(1)-lean: $(probe_lean_stems:%=probe-$(1)/%.o) \
		$(probe_lean_without) probe-$(1)/flags
	$$(AM_V_CCLD)$$(PROBE_CC_$(1)) $$(PROBE_CFLAGS) $$(probe_lean_LINK) \
		-o $$@ $$(filter %.o,$$^) $$(probe_lean_without) \
		$$(call probe_lean_libs,$$(PROBE_LIBS_$(1)))

probe-$(1)/%.o: %.c config.h probe-$(1)/flags
	$$(AM_V_CC)$$(MKDIR_P) $$(@D) && $$(PROBE_CC_$(1)) $$(DEFS) -I. \
		$$(PROBE_CPPFLAGS) $$(PROBE_CPPFLAGS_$(1)) $$(PROBE_CFLAGS) \
		-MMD -MP -c -o $$@ $$<

# Changes when they do: objects for one libyara do not go with another's.
probe-$(1)/flags: Makefile
	$$(AM_V_at)$$(MKDIR_P) $$(@D) && echo '$$(PROBE_CC_$(1))' \
		'$$(PROBE_CPPFLAGS) $$(PROBE_CPPFLAGS_$(1)) $$(PROBE_CFLAGS)' \
		'$$(probe_LINK) $$(PROBE_LIBS_$(1)) $$(PROBE_ENGINE_$(1))' >$$@.tmp && \
		if cmp -s $$@.tmp $$@; then rm $$@.tmp; else mv $$@.tmp $$@; fi

-include $(sort $(probe_stems:%=probe-$(1)/%.d) $(probe_lean_stems:%=probe-$(1)/%.d))
endef
$(foreach arch,$(PROBE_ARCHES),$(eval $(call probe_rules,$(arch))))

# This machine's own, to be carried about and run by hand.
halligan-probe: halligan-probe-$(PROBE_ARCH)
	$(AM_V_GEN)ln -f halligan-probe-$(PROBE_ARCH) $@

# Packed the same way every time. Programs are stripped as they are linked:
# console and host compare their hashes.
%.zst: %
	$(AM_V_GEN)zstd -q -19 -c < $< > $@.tmp && mv $@.tmp $@

%.gz: %
	$(AM_V_GEN)gzip -9n < $< > $@.tmp && mv $@.tmp $@

# One line each: architecture, bytes, and what it scans with.
halligan-probes: $(PROBE_PLAIN)
	$(AM_V_GEN)rm -f $@.tmp; $(foreach arch,$(PROBE_ARCHES),\
	echo "$(arch) $$(wc -c <halligan-probe-$(arch))" \
	"$(PROBE_ENGINE_$(arch))" >>$@.tmp; \
	echo "$(arch)-lean $$(wc -c <halligan-probe-$(arch)-lean)" \
	"no engine" >>$@.tmp;) mv $@.tmp $@
