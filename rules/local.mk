# rules, indicators and practice scenarios, installed under $(pkgdatadir)/rules
nobase_dist_pkgdata_DATA += \
	rules/indicators/apt29-covid.csv \
	rules/artifacts/halligan/overlay.yaml \
	rules/artifacts/halligan/profiles.yaml \
	rules/artifacts/accounts.yaml \
	rules/artifacts/containers.yaml \
	rules/artifacts/logins.yaml \
	rules/artifacts/logs.yaml \
	rules/artifacts/packages.yaml \
	rules/artifacts/persistence.yaml \
	rules/artifacts/system.yaml \
	rules/artifacts/users.yaml \
	rules/artifacts/web.yaml \
	rules/scenarios/first-watch/db01/README.txt \
	rules/scenarios/first-watch/db01/auth-log \
	rules/scenarios/first-watch/db01/cron-nightly-dump \
	rules/scenarios/first-watch/db01/hostname \
	rules/scenarios/first-watch/db01/netplan-helper \
	rules/scenarios/first-watch/db01/nightly-dump \
	rules/scenarios/first-watch/db01/plate-07.csv \
	rules/scenarios/first-watch/manifest \
	rules/scenarios/first-watch/web01/access-log \
	rules/scenarios/first-watch/web01/auth-log \
	rules/scenarios/first-watch/web01/fig3_thumb.php \
	rules/scenarios/first-watch/web01/hostname \
	rules/scenarios/first-watch/web01/index.html \
	rules/scenarios/first-watch/web01/nginx-site \
	rules/scenarios/first-watch/web01/preprint.txt \
	rules/scenarios/first-watch/web01/robots.txt \
	rules/scenarios/first-watch/web01/submit.php \
	rules/yara/training.yar \
	rules/yara/wellmail.yar \
	rules/yara/wellmess.yar
