-- SPDX-License-Identifier: Apache-2.0
--
-- id: proc-mount
-- title: Something is mounted over a process in /proc
-- severity: high
-- attack: T1564.013
-- why: A mount over /proc/PID hides that process from every tool that
--   reads /proc, without any change to the kernel.
-- false-positives: None are known.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, fstype, source, subtree,
  options
FROM mount WHERE name REGEXP '^/proc/[0-9]+(/|$)'
