-- SPDX-License-Identifier: Apache-2.0
--
-- id: package-hook
-- title: The package manager or logrotate runs a command of somebody's
-- severity: medium
-- attack: T1546.016, T1546
-- why: Hooks of apt, dpkg, dnf and logrotate run as root each time those
--   do.
-- false-positives: apt-listchanges, needrestart, debsecan, etckeeper and
--   PackageKit bring hooks; these are known.
-- author: the authors of halligan

SELECT h.host, h.fact_id, h.name || ' ' || h.command AS object, h.path,
    h.evidence_id, h."offset", h.command, h.signs,
  CASE WHEN h.n > 0 OR h.command REGEXP '/(tmp|var/tmp|dev/shm)/|/[.][^/. ]'
      THEN 'high' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n FROM hook) h
WHERE h.n > 0 OR h.command REGEXP '/(tmp|var/tmp|dev/shm)/|/[.][^/. ]'
  OR (h.name REGEXP '(?i)invoke|install-pkgs|plugin' AND h.command NOT REGEXP
    'needrestart|apt-listchanges|apt-listbugs|debsecan|etckeeper|packagekit|PackageKit|update-notifier|appstreamcli|command-not-found|cnf-update-db|unattended-upgrade|molly-guard|snapper|timeshift|apt-show-versions|localepurge|dlocate|debconf|dpkg-preconfigure|apt-file|rm -f /var/cache/apt|ubuntu-advantage|apt-esm|live-tools|grub|systemd-detect-virt|python3-debian|rkhunter|debsums|aptitude|touch /var/lib/apt|update-success-stamp')
