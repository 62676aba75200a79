# tests/fuzz: each target is run over its seeds by `make check`; for fuzzing
#   ../configure --enable-fuzz --enable-sanitizers CC=clang
#   make fuzz && tests/fuzz/fuzz_wire new-inputs ../tests/fuzz/seeds/wire
fuzz_common = tests/fuzz/fuzz.h
fuzz_cflags = $(AM_CFLAGS) -I$(top_srcdir)/tests
fuzz_libs = $(WIRE_LIB) $(MODEL_LIB) $(BASE_LIB) $(ZSTD_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)

fuzz_replays = tests/fuzz/replay_wire tests/fuzz/replay_zreader \
	tests/fuzz/replay_rule tests/fuzz/replay_glob tests/fuzz/replay_age \
	tests/fuzz/replay_indicator tests/fuzz/replay_feed \
	tests/fuzz/replay_inventory \
	tests/fuzz/replay_inventory_yaml \
	tests/fuzz/replay_artifact_yaml tests/fuzz/replay_artifact_uac \
	tests/fuzz/replay_secret \
	tests/fuzz/replay_ssh_config tests/fuzz/replay_known_hosts \
	tests/fuzz/replay_kexinit \
	tests/fuzz/replay_bundle \
	tests/fuzz/replay_parse tests/fuzz/replay_zone tests/fuzz/replay_triage \
	tests/fuzz/replay_check tests/fuzz/replay_detail
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
tests_fuzz_replay_wire_SOURCES = tests/fuzz/fuzz_wire.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_wire_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_wire_LDADD = $(fuzz_libs)
tests_fuzz_replay_zreader_SOURCES = tests/fuzz/fuzz_zreader.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_zreader_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_zreader_LDADD = $(fuzz_libs)
tests_fuzz_replay_rule_SOURCES = tests/fuzz/fuzz_rule.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_rule_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_rule_LDADD = $(RULE_LIB) $(fuzz_libs)
tests_fuzz_replay_age_SOURCES = tests/fuzz/fuzz_age.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_age_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_age_LDADD = $(fuzz_libs)
tests_fuzz_replay_glob_SOURCES = tests/fuzz/fuzz_glob.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_glob_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_glob_LDADD = $(fuzz_libs)
tests_fuzz_replay_indicator_SOURCES = tests/fuzz/fuzz_indicator.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_indicator_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_indicator_LDADD = $(fuzz_libs)
inventory_fuzz_libs = $(INVENTORY_LIB) $(REMOTE_LIB) $(fuzz_libs) $(YAML_LIBS)
tests_fuzz_replay_inventory_SOURCES = tests/fuzz/fuzz_inventory.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_inventory_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_inventory_LDADD = $(inventory_fuzz_libs)
tests_fuzz_replay_inventory_yaml_SOURCES = tests/fuzz/fuzz_inventory_yaml.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_inventory_yaml_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_inventory_yaml_LDADD = $(inventory_fuzz_libs)
artifact_fuzz_libs = $(ARTIFACT_LIB) $(fuzz_libs) $(YAML_LIBS)
tests_fuzz_replay_artifact_yaml_SOURCES = tests/fuzz/fuzz_artifact_yaml.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_artifact_yaml_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_artifact_yaml_LDADD = $(artifact_fuzz_libs)
tests_fuzz_replay_artifact_uac_SOURCES = tests/fuzz/fuzz_artifact_uac.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_artifact_uac_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_artifact_uac_LDADD = $(artifact_fuzz_libs)
remote_fuzz_libs = $(REMOTE_LIB) $(fuzz_libs) $(SSH2_LIBS)
tests_fuzz_replay_ssh_config_SOURCES = tests/fuzz/fuzz_ssh_config.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_ssh_config_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_ssh_config_LDADD = $(remote_fuzz_libs)
tests_fuzz_replay_known_hosts_SOURCES = tests/fuzz/fuzz_known_hosts.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_known_hosts_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_known_hosts_LDADD = $(remote_fuzz_libs)
tests_fuzz_replay_kexinit_SOURCES = tests/fuzz/fuzz_kexinit.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_kexinit_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_kexinit_LDADD = $(remote_fuzz_libs)
tests_fuzz_replay_bundle_SOURCES = tests/fuzz/fuzz_bundle.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_bundle_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_bundle_LDADD = $(fuzz_libs)

tests_fuzz_replay_parse_SOURCES = tests/fuzz/fuzz_parse.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_parse_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_parse_LDADD = $(PARSE_LIB) $(fuzz_libs)
tests_fuzz_replay_zone_SOURCES = tests/fuzz/fuzz_zone.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_zone_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_zone_LDADD = $(PARSE_LIB) $(fuzz_libs)

check_fuzz_libs = $(DETECT_LIB) $(RULE_LIB) $(fuzz_libs) $(YARA_LIBS) \
	$(SECCOMP_LIBS)
tests_fuzz_replay_check_SOURCES = tests/fuzz/fuzz_check.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_check_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_check_LDADD = $(check_fuzz_libs)
tests_fuzz_replay_detail_SOURCES = tests/fuzz/fuzz_detail.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_detail_CFLAGS = $(fuzz_cflags) $(JANSSON_CFLAGS)
tests_fuzz_replay_detail_LDADD = $(fuzz_libs) $(JANSSON_LIBS)

feed_fuzz_libs = $(PROBE_LIB) $(fuzz_libs)
tests_fuzz_replay_secret_SOURCES = tests/fuzz/fuzz_secret.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_secret_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_secret_LDADD = $(fuzz_libs)
tests_fuzz_replay_feed_SOURCES = tests/fuzz/fuzz_feed.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_feed_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_feed_LDADD = $(feed_fuzz_libs)

triage_fuzz_libs = $(PROBE_LIB) $(RULE_LIB) $(fuzz_libs) $(YARA_LIBS) \
	$(ARCHIVE_LIBS)
tests_fuzz_replay_triage_SOURCES = tests/fuzz/fuzz_triage.c \
	tests/fuzz/replay.c $(fuzz_common)
tests_fuzz_replay_triage_CFLAGS = $(fuzz_cflags)
tests_fuzz_replay_triage_LDADD = $(triage_fuzz_libs)

# Writes the seeds that are records: make_seeds tests/fuzz/seeds
EXTRA_PROGRAMS = tests/fuzz/make_seeds
CLEANFILES += tests/fuzz/make_seeds
tests_fuzz_make_seeds_SOURCES = tests/fuzz/make_seeds.c \
	tests/unit/wire_samples.h tests/unit/wire_samples.c
tests_fuzz_make_seeds_CFLAGS = $(fuzz_cflags)
tests_fuzz_make_seeds_LDADD = $(fuzz_libs)

EXTRA_DIST += \
	tests/fuzz/seeds/check/bytes \
	tests/fuzz/seeds/check/dos \
	tests/fuzz/seeds/check/no-header \
	tests/fuzz/seeds/check/odd \
	tests/fuzz/seeds/check/whole \
	tests/fuzz/seeds/check/wrong \
	tests/fuzz/seeds/detail/deep \
	tests/fuzz/seeds/detail/escaped \
	tests/fuzz/seeds/detail/large \
	tests/fuzz/seeds/detail/nul \
	tests/fuzz/seeds/detail/twice \
	tests/fuzz/seeds/detail/whole \
	tests/fuzz/seeds/age/empty \
	tests/fuzz/seeds/age/others \
	tests/fuzz/seeds/age/short \
	tests/fuzz/seeds/age/two \
	tests/fuzz/seeds/artifact_uac/block \
	tests/fuzz/seeds/artifact_uac/file \
	tests/fuzz/seeds/artifact_uac/find \
	tests/fuzz/seeds/artifact_uac/no-dash \
	tests/fuzz/seeds/artifact_uac/odd \
	tests/fuzz/seeds/artifact_yaml/broken \
	tests/fuzz/seeds/artifact_yaml/groups \
	tests/fuzz/seeds/artifact_yaml/overlay \
	tests/fuzz/seeds/artifact_yaml/profiles \
	tests/fuzz/seeds/artifact_yaml/windows \
	tests/fuzz/seeds/secret/lies \
	tests/fuzz/seeds/secret/odd \
	tests/fuzz/seeds/secret/openssh \
	tests/fuzz/seeds/secret/pem \
	tests/fuzz/seeds/secret/pkcs8 \
	tests/fuzz/seeds/secret/rsa \
	tests/fuzz/seeds/secret/shadow \
	tests/fuzz/seeds/bundle/after-done \
	tests/fuzz/seeds/bundle/collect \
	tests/fuzz/seeds/bundle/cut \
	tests/fuzz/seeds/bundle/hunt \
	tests/fuzz/seeds/bundle/junk \
	tests/fuzz/seeds/bundle/no-file \
	tests/fuzz/seeds/rule/comments \
	tests/fuzz/seeds/rule/heads \
	tests/fuzz/seeds/rule/lines \
	tests/fuzz/seeds/rule/needy \
	tests/fuzz/seeds/rule/open \
	tests/fuzz/seeds/rule/strings \
	tests/fuzz/seeds/glob/backtrack \
	tests/fuzz/seeds/glob/bare \
	tests/fuzz/seeds/glob/brackets \
	tests/fuzz/seeds/glob/class \
	tests/fuzz/seeds/glob/folders \
	tests/fuzz/seeds/glob/stars \
	tests/fuzz/seeds/triage/group \
	tests/fuzz/seeds/triage/apk \
	tests/fuzz/seeds/triage/caps \
	tests/fuzz/seeds/triage/container \
	tests/fuzz/seeds/triage/dpkg \
	tests/fuzz/seeds/triage/firewall \
	tests/fuzz/seeds/triage/lxc \
	tests/fuzz/seeds/triage/said \
	tests/fuzz/seeds/triage/script \
	tests/fuzz/seeds/triage/maps \
	tests/fuzz/seeds/triage/modules \
	tests/fuzz/seeds/triage/mounts \
	tests/fuzz/seeds/triage/routes \
	tests/fuzz/seeds/triage/sockets \
	tests/fuzz/seeds/triage/stat \
	tests/fuzz/seeds/triage/values \
	tests/fuzz/seeds/feed/content \
	tests/fuzz/seeds/feed/folders \
	tests/fuzz/seeds/feed/host \
	tests/fuzz/seeds/feed/letters \
	tests/fuzz/seeds/feed/links \
	tests/fuzz/seeds/feed/picture \
	tests/fuzz/seeds/feed/lies \
	tests/fuzz/seeds/feed/short \
	tests/fuzz/seeds/feed/small \
	tests/fuzz/seeds/indicator/c2 \
	tests/fuzz/seeds/indicator/csv \
	tests/fuzz/seeds/indicator/filename \
	tests/fuzz/seeds/indicator/hash \
	tests/fuzz/seeds/indicator/odd \
	tests/fuzz/seeds/inventory/groups \
	tests/fuzz/seeds/inventory/list \
	tests/fuzz/seeds/inventory/odd \
	tests/fuzz/seeds/inventory/ranges \
	tests/fuzz/seeds/inventory/secret \
	tests/fuzz/seeds/inventory/vars \
	tests/fuzz/seeds/inventory_yaml/bomb \
	tests/fuzz/seeds/inventory_yaml/cycle \
	tests/fuzz/seeds/inventory_yaml/groups \
	tests/fuzz/seeds/inventory_yaml/json \
	tests/fuzz/seeds/inventory_yaml/merge \
	tests/fuzz/seeds/inventory_yaml/vault \
	tests/fuzz/seeds/wire/about \
	tests/fuzz/seeds/wire/budget \
	tests/fuzz/seeds/wire/chunk \
	tests/fuzz/seeds/wire/control \
	tests/fuzz/seeds/wire/coverage \
	tests/fuzz/seeds/wire/cursor \
	tests/fuzz/seeds/wire/done \
	tests/fuzz/seeds/wire/fault \
	tests/fuzz/seeds/wire/file \
	tests/fuzz/seeds/wire/file_end \
	tests/fuzz/seeds/wire/filter \
	tests/fuzz/seeds/wire/glob \
	tests/fuzz/seeds/wire/have \
	tests/fuzz/seeds/wire/hello \
	tests/fuzz/seeds/wire/hit \
	tests/fuzz/seeds/wire/indicator \
	tests/fuzz/seeds/wire/magic \
	tests/fuzz/seeds/wire/match \
	tests/fuzz/seeds/wire/memory \
	tests/fuzz/seeds/wire/path \
	tests/fuzz/seeds/wire/plan \
	tests/fuzz/seeds/wire/process \
	tests/fuzz/seeds/wire/progress \
	tests/fuzz/seeds/wire/req_cursor \
	tests/fuzz/seeds/wire/rules \
	tests/fuzz/seeds/wire/sighting \
	tests/fuzz/seeds/wire/socket \
	tests/fuzz/seeds/wire/start \
	tests/fuzz/seeds/kexinit/cut \
	tests/fuzz/seeds/kexinit/long \
	tests/fuzz/seeds/kexinit/openssh \
	tests/fuzz/seeds/kexinit/padding \
	tests/fuzz/seeds/kexinit/talk \
	tests/fuzz/seeds/known_hosts/hashed \
	tests/fuzz/seeds/known_hosts/markers \
	tests/fuzz/seeds/known_hosts/odd \
	tests/fuzz/seeds/known_hosts/plain \
	tests/fuzz/seeds/known_hosts/wildcard \
	tests/fuzz/seeds/zone/cut \
	tests/fuzz/seeds/zone/falling \
	tests/fuzz/seeds/zone/lord-howe \
	tests/fuzz/seeds/zone/offset \
	tests/fuzz/seeds/zone/rules \
	tests/fuzz/seeds/zone/rules-all-summer \
	tests/fuzz/seeds/zone/v1 \
	tests/fuzz/seeds/zone/v2 \
	tests/fuzz/seeds/zone/v2-fixed \
	tests/fuzz/seeds/zone/v2-no-rules \
	tests/fuzz/seeds/zone/v3 \
	tests/fuzz/seeds/parse/conf-passwd \
	tests/fuzz/seeds/parse/conf-shadow \
	tests/fuzz/seeds/parse/conf-sudoers \
	tests/fuzz/seeds/parse/conf-ssh \
	tests/fuzz/seeds/parse/conf-cron \
	tests/fuzz/seeds/parse/conf-script \
	tests/fuzz/seeds/parse/conf-tables \
	tests/fuzz/seeds/parse/conf-web \
	tests/fuzz/seeds/parse/conf-unit \
	tests/fuzz/seeds/parse/conf-system \
	tests/fuzz/seeds/parse/conf-hooks \
	tests/fuzz/seeds/parse/conf-net \
	tests/fuzz/seeds/parse/audit-cmd \
	tests/fuzz/seeds/parse/audit-enriched \
	tests/fuzz/seeds/parse/audit-exec \
	tests/fuzz/seeds/parse/audit-odd \
	tests/fuzz/seeds/parse/audit-order \
	tests/fuzz/seeds/parse/db-safari \
	tests/fuzz/seeds/parse/journal-compact \
	tests/fuzz/seeds/parse/journal-cut \
	tests/fuzz/seeds/parse/journal-hole \
	tests/fuzz/seeds/parse/journal-lz4 \
	tests/fuzz/seeds/parse/journal-plain \
	tests/fuzz/seeds/parse/journal-xz \
	tests/fuzz/seeds/parse/db-chrome \
	tests/fuzz/seeds/parse/db-cut \
	tests/fuzz/seeds/parse/db-dnf \
	tests/fuzz/seeds/parse/db-fail2ban \
	tests/fuzz/seeds/parse/db-firefox \
	tests/fuzz/seeds/parse/db-lastlog2 \
	tests/fuzz/seeds/parse/db-wal \
	tests/fuzz/seeds/parse/db-with-log \
	tests/fuzz/seeds/parse/db-wtmpdb \
	tests/fuzz/seeds/parse/apk-log \
	tests/fuzz/seeds/parse/at-job \
	tests/fuzz/seeds/parse/cloud-init-line \
	tests/fuzz/seeds/parse/cloudtrail-lines \
	tests/fuzz/seeds/parse/cloudtrail-records \
	tests/fuzz/seeds/parse/dhcp-leases \
	tests/fuzz/seeds/parse/dnsmasq-leases \
	tests/fuzz/seeds/parse/eve-alert \
	tests/fuzz/seeds/parse/fail2ban-line \
	tests/fuzz/seeds/parse/ids-alert-snort \
	tests/fuzz/seeds/parse/ids-alert-year \
	tests/fuzz/seeds/parse/iptables-save \
	tests/fuzz/seeds/parse/lastlog-292 \
	tests/fuzz/seeds/parse/lastlog-296-be \
	tests/fuzz/seeds/parse/lighttpd-error-odd \
	tests/fuzz/seeds/parse/lighttpd-error-start \
	tests/fuzz/seeds/parse/logrotate-status \
	tests/fuzz/seeds/parse/mlocate-cut \
	tests/fuzz/seeds/parse/mlocate-db \
	tests/fuzz/seeds/parse/php-error-fpm \
	tests/fuzz/seeds/parse/popcontest \
	tests/fuzz/seeds/parse/postgresql-line \
	tests/fuzz/seeds/parse/shadow-lines \
	tests/fuzz/seeds/parse/syslog-bsd-verbose \
	tests/fuzz/seeds/parse/syslog-busybox \
	tests/fuzz/seeds/parse/syslog-year-first \
	tests/fuzz/seeds/parse/teamviewer-in \
	tests/fuzz/seeds/parse/timeline-csv \
	tests/fuzz/seeds/parse/timeline-jsonl \
	tests/fuzz/seeds/parse/trashinfo \
	tests/fuzz/seeds/parse/utmpx-macos \
	tests/fuzz/seeds/parse/vsftpd-line \
	tests/fuzz/seeds/parse/web-proxies \
	tests/fuzz/seeds/parse/web-ssl-request \
	tests/fuzz/seeds/parse/wget-hsts \
	tests/fuzz/seeds/parse/syslog-5424 \
	tests/fuzz/seeds/parse/syslog-bsd \
	tests/fuzz/seeds/parse/syslog-iso \
	tests/fuzz/seeds/parse/syslog-leap \
	tests/fuzz/seeds/parse/syslog-odd \
	tests/fuzz/seeds/parse/utmp-384 \
	tests/fuzz/seeds/parse/utmp-384-be \
	tests/fuzz/seeds/parse/utmp-400 \
	tests/fuzz/seeds/parse/utmp-400-be \
	tests/fuzz/seeds/parse/utmp-zeroed \
	tests/fuzz/seeds/parse/bash-comments \
	tests/fuzz/seeds/parse/bash-cr \
	tests/fuzz/seeds/parse/bash-desync \
	tests/fuzz/seeds/parse/bash-end \
	tests/fuzz/seeds/parse/bash-stamps \
	tests/fuzz/seeds/parse/client-empty \
	tests/fuzz/seeds/parse/client-less \
	tests/fuzz/seeds/parse/client-libedit \
	tests/fuzz/seeds/parse/client-psql \
	tests/fuzz/seeds/parse/client-python \
	tests/fuzz/seeds/parse/fish-escapes \
	tests/fuzz/seeds/parse/fish-late \
	tests/fuzz/seeds/parse/fish-order \
	tests/fuzz/seeds/parse/fish-plain \
	tests/fuzz/seeds/parse/fish-untimed \
	tests/fuzz/seeds/parse/tcsh-bash \
	tests/fuzz/seeds/parse/tcsh-desync \
	tests/fuzz/seeds/parse/tcsh-many \
	tests/fuzz/seeds/parse/tcsh-odd \
	tests/fuzz/seeds/parse/tcsh-stamps \
	tests/fuzz/seeds/parse/viminfo-bars \
	tests/fuzz/seeds/parse/viminfo-cut \
	tests/fuzz/seeds/parse/viminfo-odd \
	tests/fuzz/seeds/parse/viminfo-old \
	tests/fuzz/seeds/parse/viminfo-zero \
	tests/fuzz/seeds/parse/zsh-end \
	tests/fuzz/seeds/parse/zsh-extended \
	tests/fuzz/seeds/parse/zsh-meta \
	tests/fuzz/seeds/parse/zsh-padded \
	tests/fuzz/seeds/parse/zsh-plain \
	tests/fuzz/seeds/parse/apache-error-22 \
	tests/fuzz/seeds/parse/apache-error-24 \
	tests/fuzz/seeds/parse/apache-error-notice \
	tests/fuzz/seeds/parse/apache-error-odd \
	tests/fuzz/seeds/parse/apache-error-six \
	tests/fuzz/seeds/parse/apt-history-cut \
	tests/fuzz/seeds/parse/apt-history-empty \
	tests/fuzz/seeds/parse/apt-history-failed \
	tests/fuzz/seeds/parse/apt-history-order \
	tests/fuzz/seeds/parse/apt-history-run \
	tests/fuzz/seeds/parse/apt-term-back \
	tests/fuzz/seeds/parse/apt-term-cut \
	tests/fuzz/seeds/parse/apt-term-odd \
	tests/fuzz/seeds/parse/apt-term-run \
	tests/fuzz/seeds/parse/apt-term-two \
	tests/fuzz/seeds/parse/atlassian-cut \
	tests/fuzz/seeds/parse/atlassian-jira \
	tests/fuzz/seeds/parse/atlassian-odd \
	tests/fuzz/seeds/parse/atlassian-user \
	tests/fuzz/seeds/parse/atlassian-zone \
	tests/fuzz/seeds/parse/dpkg-conffile \
	tests/fuzz/seeds/parse/dpkg-cut \
	tests/fuzz/seeds/parse/dpkg-odd \
	tests/fuzz/seeds/parse/dpkg-remove \
	tests/fuzz/seeds/parse/dpkg-steps \
	tests/fuzz/seeds/parse/nginx-error-cut \
	tests/fuzz/seeds/parse/nginx-error-notice \
	tests/fuzz/seeds/parse/nginx-error-odd \
	tests/fuzz/seeds/parse/nginx-error-open \
	tests/fuzz/seeds/parse/nginx-error-script \
	tests/fuzz/seeds/parse/pacman-cut \
	tests/fuzz/seeds/parse/pacman-new \
	tests/fuzz/seeds/parse/pacman-odd \
	tests/fuzz/seeds/parse/pacman-old \
	tests/fuzz/seeds/parse/pacman-script \
	tests/fuzz/seeds/parse/rpm-log-dnf \
	tests/fuzz/seeds/parse/rpm-log-leap \
	tests/fuzz/seeds/parse/rpm-log-odd \
	tests/fuzz/seeds/parse/rpm-log-years \
	tests/fuzz/seeds/parse/rpm-log-yum \
	tests/fuzz/seeds/parse/web-combined \
	tests/fuzz/seeds/parse/web-escapes \
	tests/fuzz/seeds/parse/web-odd \
	tests/fuzz/seeds/parse/web-quotes \
	tests/fuzz/seeds/parse/web-vhost \
	tests/fuzz/seeds/parse/zypp-cut \
	tests/fuzz/seeds/parse/zypp-install \
	tests/fuzz/seeds/parse/zypp-odd \
	tests/fuzz/seeds/parse/zypp-remove \
	tests/fuzz/seeds/parse/zypp-repo \
	tests/fuzz/seeds/parse/bodyfile-bars \
	tests/fuzz/seeds/parse/bodyfile-fraction \
	tests/fuzz/seeds/parse/bodyfile-odd \
	tests/fuzz/seeds/parse/bodyfile-tsk \
	tests/fuzz/seeds/parse/bodyfile-uac \
	tests/fuzz/seeds/parse/caddy-cut \
	tests/fuzz/seeds/parse/caddy-odd \
	tests/fuzz/seeds/parse/caddy-other \
	tests/fuzz/seeds/parse/caddy-request \
	tests/fuzz/seeds/parse/caddy-user \
	tests/fuzz/seeds/parse/cri-empty \
	tests/fuzz/seeds/parse/cri-far \
	tests/fuzz/seeds/parse/cri-lines \
	tests/fuzz/seeds/parse/cri-odd \
	tests/fuzz/seeds/parse/cri-partial \
	tests/fuzz/seeds/parse/docker-config-cut \
	tests/fuzz/seeds/parse/docker-config-ended \
	tests/fuzz/seeds/parse/docker-config-never \
	tests/fuzz/seeds/parse/docker-config-odd \
	tests/fuzz/seeds/parse/docker-config-run \
	tests/fuzz/seeds/parse/docker-layer-deep \
	tests/fuzz/seeds/parse/docker-layer-image \
	tests/fuzz/seeds/parse/docker-layer-list \
	tests/fuzz/seeds/parse/docker-layer-odd \
	tests/fuzz/seeds/parse/docker-layer-old \
	tests/fuzz/seeds/parse/docker-log-cut \
	tests/fuzz/seeds/parse/docker-log-lines \
	tests/fuzz/seeds/parse/docker-log-nul \
	tests/fuzz/seeds/parse/docker-log-odd \
	tests/fuzz/seeds/parse/docker-log-partial \
	tests/fuzz/seeds/ssh_config/equals-and-quotes \
	tests/fuzz/seeds/ssh_config/identities \
	tests/fuzz/seeds/ssh_config/known-hosts \
	tests/fuzz/seeds/ssh_config/match-final \
	tests/fuzz/seeds/ssh_config/match-host \
	tests/fuzz/seeds/ssh_config/proxy \
	tests/fuzz/seeds/zreader/about \
	tests/fuzz/seeds/zreader/budget \
	tests/fuzz/seeds/zreader/chunk \
	tests/fuzz/seeds/zreader/control \
	tests/fuzz/seeds/zreader/coverage \
	tests/fuzz/seeds/zreader/cursor \
	tests/fuzz/seeds/zreader/done \
	tests/fuzz/seeds/zreader/fault \
	tests/fuzz/seeds/zreader/file \
	tests/fuzz/seeds/zreader/file_end \
	tests/fuzz/seeds/zreader/filter \
	tests/fuzz/seeds/zreader/glob \
	tests/fuzz/seeds/zreader/have \
	tests/fuzz/seeds/zreader/hello \
	tests/fuzz/seeds/zreader/hit \
	tests/fuzz/seeds/zreader/indicator \
	tests/fuzz/seeds/zreader/magic \
	tests/fuzz/seeds/zreader/match \
	tests/fuzz/seeds/zreader/memory \
	tests/fuzz/seeds/zreader/path \
	tests/fuzz/seeds/zreader/plan \
	tests/fuzz/seeds/zreader/process \
	tests/fuzz/seeds/zreader/progress \
	tests/fuzz/seeds/zreader/req_cursor \
	tests/fuzz/seeds/zreader/rules \
	tests/fuzz/seeds/zreader/sighting \
	tests/fuzz/seeds/zreader/socket \
	tests/fuzz/seeds/zreader/start

if FUZZ
fuzz_programs = tests/fuzz/fuzz_wire tests/fuzz/fuzz_zreader \
	tests/fuzz/fuzz_rule tests/fuzz/fuzz_glob tests/fuzz/fuzz_age \
	tests/fuzz/fuzz_indicator tests/fuzz/fuzz_feed tests/fuzz/fuzz_triage \
	tests/fuzz/fuzz_inventory \
	tests/fuzz/fuzz_inventory_yaml \
	tests/fuzz/fuzz_artifact_yaml tests/fuzz/fuzz_artifact_uac \
	tests/fuzz/fuzz_secret \
	tests/fuzz/fuzz_ssh_config tests/fuzz/fuzz_known_hosts \
	tests/fuzz/fuzz_kexinit \
	tests/fuzz/fuzz_bundle \
	tests/fuzz/fuzz_parse \
	tests/fuzz/fuzz_check tests/fuzz/fuzz_detail \
	tests/fuzz/fuzz_zone
EXTRA_PROGRAMS += $(fuzz_programs)
CLEANFILES += $(fuzz_programs)
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c $(fuzz_common)
tests_fuzz_fuzz_wire_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_wire_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_wire_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_zreader_SOURCES = tests/fuzz/fuzz_zreader.c $(fuzz_common)
tests_fuzz_fuzz_zreader_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_zreader_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_zreader_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_rule_SOURCES = tests/fuzz/fuzz_rule.c $(fuzz_common)
tests_fuzz_fuzz_rule_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_rule_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_rule_LDADD = $(RULE_LIB) $(fuzz_libs)
tests_fuzz_fuzz_age_SOURCES = tests/fuzz/fuzz_age.c $(fuzz_common)
tests_fuzz_fuzz_age_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_age_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_age_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_glob_SOURCES = tests/fuzz/fuzz_glob.c $(fuzz_common)
tests_fuzz_fuzz_glob_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_glob_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_glob_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_indicator_SOURCES = tests/fuzz/fuzz_indicator.c \
	$(fuzz_common)
tests_fuzz_fuzz_indicator_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_indicator_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_indicator_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_inventory_SOURCES = tests/fuzz/fuzz_inventory.c \
	$(fuzz_common)
tests_fuzz_fuzz_inventory_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_inventory_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_inventory_LDADD = $(inventory_fuzz_libs)
tests_fuzz_fuzz_inventory_yaml_SOURCES = tests/fuzz/fuzz_inventory_yaml.c \
	$(fuzz_common)
tests_fuzz_fuzz_inventory_yaml_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_inventory_yaml_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_inventory_yaml_LDADD = $(inventory_fuzz_libs)
tests_fuzz_fuzz_artifact_yaml_SOURCES = tests/fuzz/fuzz_artifact_yaml.c \
	$(fuzz_common)
tests_fuzz_fuzz_artifact_yaml_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_artifact_yaml_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_artifact_yaml_LDADD = $(artifact_fuzz_libs)
tests_fuzz_fuzz_artifact_uac_SOURCES = tests/fuzz/fuzz_artifact_uac.c \
	$(fuzz_common)
tests_fuzz_fuzz_artifact_uac_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_artifact_uac_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_artifact_uac_LDADD = $(artifact_fuzz_libs)
tests_fuzz_fuzz_secret_SOURCES = tests/fuzz/fuzz_secret.c $(fuzz_common)
tests_fuzz_fuzz_secret_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_secret_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_secret_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_ssh_config_SOURCES = tests/fuzz/fuzz_ssh_config.c $(fuzz_common)
tests_fuzz_fuzz_ssh_config_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_ssh_config_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_ssh_config_LDADD = $(remote_fuzz_libs)
tests_fuzz_fuzz_known_hosts_SOURCES = tests/fuzz/fuzz_known_hosts.c $(fuzz_common)
tests_fuzz_fuzz_known_hosts_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_known_hosts_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_known_hosts_LDADD = $(remote_fuzz_libs)
tests_fuzz_fuzz_kexinit_SOURCES = tests/fuzz/fuzz_kexinit.c $(fuzz_common)
tests_fuzz_fuzz_kexinit_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_kexinit_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_kexinit_LDADD = $(remote_fuzz_libs)
tests_fuzz_fuzz_bundle_SOURCES = tests/fuzz/fuzz_bundle.c $(fuzz_common)
tests_fuzz_fuzz_bundle_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_bundle_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_bundle_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_parse_SOURCES = tests/fuzz/fuzz_parse.c $(fuzz_common)
tests_fuzz_fuzz_parse_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_parse_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_parse_LDADD = $(PARSE_LIB) $(fuzz_libs)
tests_fuzz_fuzz_zone_SOURCES = tests/fuzz/fuzz_zone.c $(fuzz_common)
tests_fuzz_fuzz_zone_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_zone_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_zone_LDADD = $(PARSE_LIB) $(fuzz_libs)
tests_fuzz_fuzz_triage_SOURCES = tests/fuzz/fuzz_triage.c $(fuzz_common)
tests_fuzz_fuzz_triage_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_triage_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_triage_LDADD = $(triage_fuzz_libs)
tests_fuzz_fuzz_feed_SOURCES = tests/fuzz/fuzz_feed.c $(fuzz_common)
tests_fuzz_fuzz_feed_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_feed_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_feed_LDADD = $(feed_fuzz_libs)

tests_fuzz_fuzz_check_SOURCES = tests/fuzz/fuzz_check.c $(fuzz_common)
tests_fuzz_fuzz_check_CFLAGS = $(fuzz_cflags) -fsanitize=fuzzer
tests_fuzz_fuzz_check_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_check_LDADD = $(check_fuzz_libs)
tests_fuzz_fuzz_detail_SOURCES = tests/fuzz/fuzz_detail.c $(fuzz_common)
tests_fuzz_fuzz_detail_CFLAGS = $(fuzz_cflags) $(JANSSON_CFLAGS) \
	-fsanitize=fuzzer
tests_fuzz_fuzz_detail_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_detail_LDADD = $(fuzz_libs) $(JANSSON_LIBS)

fuzz: $(fuzz_programs)
endif
