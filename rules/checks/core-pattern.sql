-- SPDX-License-Identifier: Apache-2.0
--
-- id: core-pattern
-- title: Every crash runs a program of somebody's
-- severity: high
-- attack: T1546
-- why: core_pattern with a pipe runs its program as root each time any
--   process crashes, which an intruder can bring about at will.
-- false-positives: systemd-coredump, apport, abrt and kdump are known.
-- author: the authors of halligan

SELECT host, fact_id, name || ': ' || value AS object, value
FROM kernel
WHERE (name = 'core_pattern' AND value LIKE '|%'
    AND value NOT REGEXP '^[|](/usr)?/(lib|libexec|share|sbin|bin)/(systemd/systemd-coredump|apport/apport|abrt-hook-ccpp|crash|kdump)|^[|]/bin/false')
  OR (name = 'modprobe' AND value NOT REGEXP '^(/usr)?/s?bin/(modprobe|true)$'
      AND value <> '')
  OR (name = 'hotplug' AND coalesce(value, '') <> '')
  OR (name = 'uevent_helper' AND coalesce(value, '') <> '')
