-- SPDX-License-Identifier: Apache-2.0
--
-- id: module-install
-- title: Loading a module runs a command
-- severity: high
-- attack: T1547.006, T1546
-- why: An install line of modprobe.d runs a command as root in place of
--   loading the module, at each start.
-- false-positives: install lines that only forbid a module (/bin/true,
--   /bin/false), as hardening guides have them, are left out; some
--   packages load one module with another so.
-- author: the authors of halligan

SELECT host, fact_id, name || ': ' || value AS object, path, evidence_id, "offset",
    directive, value,
  CASE WHEN value REGEXP '^(/usr)?(/s?bin/)?modprobe '
      AND value NOT REGEXP '/(tmp|var/tmp|dev|home)/' THEN 'low' END AS severity
FROM modprobe
WHERE directive IN ('install', 'remove')
    AND value NOT REGEXP '^(/usr)?(/s?bin/)?(true|false|:)$'
  AND path NOT REGEXP '^(/usr)?/lib/modprobe[.]d/'
