-- SPDX-License-Identifier: Apache-2.0
--
-- id: unit-imitation
-- title: A unit that is called like one of systemd, and is not its
-- severity: high
-- attack: T1036.004, T1543.002
-- why: A service called systemd-something in /etc looks as if it belonged
--   there. The real ones lie in /usr/lib/systemd.
-- false-positives: A whole copy of a unit in /etc that replaces the
--   vendor's: it is told when the vendor has one of that name, as low.
-- author: the authors of halligan

SELECT u.host, u.fact_id, u.name AS object, u.path, u.evidence_id, u.exec,
    u.description, u.wanted_by, u.state, u.signs,
  CASE WHEN EXISTS (SELECT 1 FROM unit v WHERE v.name = u.name
      AND v.path REGEXP '^(/usr)?/lib/systemd/') THEN 'low' END AS severity
FROM unit u
WHERE u.name REGEXP '^(systemd-|dbus-|polkit|udev|kmod-|journald|logind|networkd|initrd-|kernel-|rsyslogd|sshd-|crond-)'
  AND u.path REGEXP '^/(etc|run|usr/local/lib)/systemd/system/[^/]+$'
      AND coalesce(u.drop_in, 0) = 0 AND coalesce(u.masked, 0) = 0
  AND json_array_length(u.exec) > 0
  AND u.path NOT REGEXP '^/run/systemd/system/(systemd-fsck|session-|user-)'
  AND u.name NOT REGEXP '^dbus-(org|fi)[.]'
