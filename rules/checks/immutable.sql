-- SPDX-License-Identifier: Apache-2.0
--
-- id: immutable
-- title: A file that cannot be changed, or only be added to
-- severity: medium
-- attack: T1222.002
-- why: Intruders make what they leave immutable, so that it is not taken
--   away: keys, jobs of cron, units, programs.
-- false-positives: resolv.conf and the like on hardened hosts,
--   appliances. Logs that may only be added to are hardening, too.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, why, attributes, mode,
    uid, mtime, ctime, packaged,
  CASE
      WHEN name REGEXP '/(cron|crontabs|[.]ssh|systemd|init[.]d|ld[.]so[.]preload|sudoers|pam[.]d|passwd|shadow|profile)'
      OR name REGEXP '^/(usr/)?s?bin/|^/(usr/)?lib' THEN 'high'
       WHEN name REGEXP '^/var/log/' OR base_name(name) IN ('resolv.conf',
           '.autorelabel') THEN 'low' END AS severity
FROM odd_file WHERE why IN ('immutable', 'append')
  AND name NOT REGEXP '^/(sys|proc)/' AND name NOT REGEXP '^/var/log/journal'
