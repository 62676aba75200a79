# man: one page a line
dist_man_MANS += man/halligan.1
