# rule: YARA source as text; in the console, and in the probe for itself
rule_common = src/rule/rule.h src/rule/ruleset.c src/rule/include.c \
	src/rule/names.c src/rule/lex.h src/rule/lex.c src/rule/need.h \
	src/rule/need.c src/rule/condition.h src/rule/condition.c \
	src/rule/metas.h src/rule/metas.c src/rule/slow.c \
	src/rule/metas_read.c src/rule/slim.h src/rule/slim.c
RULE_LIB = src/rule/librule.a
noinst_LIBRARIES += $(RULE_LIB)
src_rule_librule_a_SOURCES = $(rule_common)
