# man: one page a line
dist_man_MANS += man/halligan.1
dist_man_MANS += man/halligan-probe.1
dist_man_MANS += man/halligan-case.5
dist_man_MANS += man/halligan-checks.5
dist_man_MANS += man/halligan-facts.5
